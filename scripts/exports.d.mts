export declare const exportsOf: (barrel: string) => Record<string, { readonly types: string; readonly default: string }>
export declare const manifest: URL
export declare const barrel: string
