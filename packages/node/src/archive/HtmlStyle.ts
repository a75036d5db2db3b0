/** How the HTML page looks, light and dark, on a phone and on a desk. */
export const style = `
:root {
  color-scheme: light dark;
  --page: #f4f5f7; --card: #fff; --text: #15181c; --quiet: #5d6673; --line: #dfe3e8;
  --mine: #1a66d0; --on-mine: #fff; --quiet-on-mine: #d5e4fb; --theirs: #e9ecf0; --link: #0b57b8;
  --c0: #a3260f; --c1: #7a4b00; --c2: #2f6b16; --c3: #00695c; --c4: #0b5aa8; --c5: #5b3fc4; --c6: #9a1f73; --c7: #52606d;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #0e1013; --card: #15181c; --text: #e7eaee; --quiet: #98a2b0; --line: #2b3038;
    --mine: #1d5fbf; --on-mine: #fff; --quiet-on-mine: #cfe0fa; --theirs: #252a31; --link: #86b7ff;
    --c0: #ff9a86; --c1: #f0b35a; --c2: #8fd672; --c3: #5fd4c3; --c4: #7db8ff; --c5: #b7a4ff; --c6: #ff93d2; --c7: #aeb8c4;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; scroll-behavior: smooth; }
body { margin: 0; background: var(--page); color: var(--text); font: 16px/1.45 system-ui, sans-serif; }
main { max-width: 46rem; margin: 0 auto; background: var(--card); min-height: 100vh; padding-bottom: 3rem; }
h1, h2, p, ol, ul { margin: 0; padding: 0; font-size: inherit; font-weight: inherit; }
a { color: var(--link); }
nav, section > header { padding: 1rem; border-bottom: 1px solid var(--line); }
nav ol { list-style: none; columns: 2; column-gap: 2rem; }
nav li { break-inside: avoid; padding: .15rem 0; overflow-wrap: anywhere; }
nav h1, section > header h1 { font-size: 1.25rem; font-weight: 650; overflow-wrap: anywhere; }
nav h1 { margin-bottom: .5rem; }
section > header { position: sticky; top: 0; z-index: 1; background: var(--card); }
section > header p { color: var(--quiet); font-size: .875rem; overflow-wrap: anywhere; }
section + section { margin-top: 3rem; border-top: 1px solid var(--line); }
.day { margin: 1.5rem 1rem .75rem; text-align: center; color: var(--quiet); font-size: .8125rem; font-weight: 600; }
.event { margin: .75rem 1rem; text-align: center; color: var(--quiet); font-size: .875rem; overflow-wrap: anywhere; }
.message { display: flex; flex-direction: column; align-items: flex-start; margin: .1875rem 1rem; }
.message.first { margin-top: .75rem; }
.message.mine { align-items: flex-end; }
.who { margin: 0 .75rem .125rem; font-size: .8125rem; font-weight: 600; }
.bubble {
  max-width: min(85%, 34rem); padding: .4375rem .75rem; border-radius: 1.125rem; background: var(--theirs);
  overflow-wrap: anywhere;
}
.first .bubble { border-top-left-radius: .3125rem; }
.mine .bubble { background: var(--mine); color: var(--on-mine); border-top-left-radius: 1.125rem; }
.mine.first .bubble { border-top-right-radius: .3125rem; }
.mine .bubble a { color: inherit; }
.text { white-space: pre-wrap; unicode-bidi: plaintext; }
.meta { text-align: end; font-size: .6875rem; line-height: 1.3; color: var(--quiet); }
.mine .meta { color: var(--quiet-on-mine); }
.attached {
  margin: .25rem 0 .3125rem; padding: .375rem .625rem; border: 1px solid color-mix(in srgb, currentColor 35%, transparent); border-radius: .625rem;
  font-size: .9375rem; white-space: pre-wrap; unicode-bidi: plaintext;
}
.picture { display: block; max-width: 100%; max-height: 24rem; border-radius: .5rem; margin: .25rem 0; }
.attached a { display: block; font-size: .8125rem; }
.deleted .bubble { background: none; color: var(--text); border: 1px dashed var(--quiet); }
.deleted .meta { color: var(--quiet); }
.deleted .bubble a { color: var(--link); }
.c0 { color: var(--c0); } .c1 { color: var(--c1); } .c2 { color: var(--c2); } .c3 { color: var(--c3); }
.c4 { color: var(--c4); } .c5 { color: var(--c5); } .c6 { color: var(--c6); } .c7 { color: var(--c7); }
.end { margin: 2rem 1rem 0; text-align: center; color: var(--quiet); font-size: .8125rem; }
@media (max-width: 40rem) {
  nav ol { columns: 1; }
  section > header { padding: .5rem .875rem; }
  section > header h1 { font-size: 1.0625rem; }
  section > header h1, section > header p { overflow: hidden; white-space: nowrap; text-overflow: ellipsis; }
  .message, .event, .day { margin-left: .625rem; margin-right: .625rem; }
}
@media print {
  main { max-width: none; }
  section > header { position: static; }
  .bubble, .attached { break-inside: avoid; }
}
`
