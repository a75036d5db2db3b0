import { readFileSync } from "node:fs"
import { defineConfig } from "vitepress"

// Written by api.mjs, before the site is built.
const api = JSON.parse(readFileSync(new URL("../api/sidebar.json", import.meta.url), "utf8"))

const pages = (folder, items) => Object.entries(items).map(([page, text]) => ({ text, link: `/${folder}/${page}` }))

const base = process.env.SITE_BASE ?? "/"

const concepts = pages("concepts", {
  "laziness": "What costs a request",
  "rate-limits": "Rate limits",
  "safe-sends": "Safe sends",
  "checkpoints": "Checkpoints",
  "live": "Live"
})

const guides = pages("guides", {
  "bot": "A bot",
  "archive": "An archive",
  "support-desk": "A support desk",
  "compliance-export": "A compliance export",
  "notifications": "Notifications",
  "testing": "Tests without X"
})

export default defineConfig({
  title: "effect-xdm",
  description: "X Direct Messages as Effect services and Streams",
  lang: "en",
  base,
  head: [["link", { rel: "icon", type: "image/svg+xml", href: `${base}favicon.svg` }]],
  outDir: "dist",
  srcExclude: ["node_modules/**"],
  // A copy with its own links, as a folder on any server shows it.
  cleanUrls: false,
  metaChunk: true,
  markdown: { theme: { light: "github-light-high-contrast", dark: "github-dark-high-contrast" } },
  themeConfig: {
    nav: [
      { text: "Start", link: "/start" },
      { text: "Concepts", link: "/concepts/laziness", activeMatch: "/concepts/" },
      { text: "Guides", link: "/guides/bot", activeMatch: "/guides/" },
      { text: "Reference", link: "/reference/errors", activeMatch: "/reference/" },
      { text: "API", link: "/api/", activeMatch: "/api/" }
    ],
    sidebar: {
      "/": [
        { text: "The first minute", link: "/start" },
        { text: "Concepts", items: concepts },
        { text: "Guides", items: guides },
        {
          text: "Coming from",
          items: pages("from", {
            "xdk": "@xdevplatform/xdk",
            "twitter-api-v2": "twitter-api-v2",
            "tweepy": "tweepy"
          })
        },
        {
          text: "Reference",
          items: [
            ...pages("reference", {
              "errors": "Every error",
              "limits": "Limits",
              "telemetry": "Telemetry"
            }),
            { text: "API", link: "/api/" }
          ]
        }
      ],
      "/api/": [{ text: "All modules", link: "/api/" }, ...api, { text: "Back to the guides", link: "/start" }]
    },
    outline: { level: [2, 3] },
    search: {
      provider: "local",
      options: {
        // The API pages are many, and name every word many times: what explains goes before what lists.
        miniSearch: { searchOptions: { boostDocument: (id) => /\/api\//.test(id) ? 0.3 : 1 } }
      }
    },
    notFound: { quote: "There is no such page. The search finds what is there.", linkText: "To the start" },
    docFooter: { prev: "Before", next: "Next" }
  }
})
