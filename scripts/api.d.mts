export declare const packages: ReadonlyArray<string>
/** The file in the repository that holds the API of a package. */
export declare const fileOf: (name: string) => string
/** The API of a package as its compiled declarations have it. */
export declare const apiOf: (name: string) => string
