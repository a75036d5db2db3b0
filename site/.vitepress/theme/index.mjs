import DefaultTheme from "vitepress/theme"
import LivePicture from "./LivePicture.vue"
// oxlint-disable-next-line import/no-unassigned-import -- how Vite takes in a style
import "./style.css"

export default {
  extends: DefaultTheme,
  enhanceApp: ({ app }) => {
    app.component("LivePicture", LivePicture)
  }
}
