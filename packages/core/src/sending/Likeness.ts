/**
 * Whether an event is the message that was sent: X changes some of it on the
 * way, and has no other way to tell.
 *
 * @since 0.1.0
 */
import type { MessageCreate } from "../model/DmEvent.js"
import type { Link } from "../model/Entities.js"
import type { Message } from "../model/Message.js"

/** The same text in one form only. */
const plain = (text: string): string => text.normalize("NFC").replaceAll("\r\n", "\n").trim()

const escapes: { readonly [entity: string]: string } = { "&amp;": "&", "&lt;": "<", "&gt;": ">" }

/** X writes these three characters as HTML does, in some of its answers. */
const unescaped = (text: string): string => text.replace(/&(amp|lt|gt);/g, (entity) => escapes[entity] ?? entity)

/** What was written for X to make this link of it. */
const written = ({ displayUrl, expandedUrl, url }: Link): ReadonlyArray<string> =>
  [expandedUrl, expandedUrl?.replace(/^https?:\/\//, ""), expandedUrl?.replace(/\/$/, ""), displayUrl, url]
    .flatMap((form) => form === undefined ? [] : [form, form.replace(/^https?:\/\//, "").replace(/\/$/, "")])

/** Whether a text is what the event says, each of X's short links standing for what was written. */
const isWritten = (text: string, said: string, links: ReadonlyArray<Link>): boolean => {
  const [link, ...others] = links
  if (link?.url === undefined) return link === undefined ? text === said : isWritten(text, said, others)
  const at = said.indexOf(link.url)
  if (at < 0) return isWritten(text, said, others)
  if (text.slice(0, at) !== said.slice(0, at)) return false
  const rest = said.slice(at + link.url.length)
  return written(link).some((form) =>
    text.startsWith(form, at) && isWritten(text.slice(at + form.length), rest, others)
  )
}

const saysText = (text: string, event: MessageCreate, hasAttachment: boolean): boolean => {
  const said = plain(event.text ?? "")
  // X puts a link to the medium behind the text.
  const forms = hasAttachment ? [said, said.replace(/\s*https:\/\/t\.co\/\w+$/, "")] : [said]
  const links = (event.entities?.urls ?? []).toSorted((a, b) => a.start - b.start)
  return forms.some((form) => [form, unescaped(form)].some((each) => isWritten(plain(text), each, links)))
}

const isAttached = (mediaId: string, { attachments }: MessageCreate): boolean =>
  (attachments?.mediaKeys ?? []).some((key) => key.endsWith(`_${mediaId}`))

/**
 * Whether the text and the attachment of a message are those of an event.
 *
 * @since 0.1.0
 */
export const isLike = ({ attachments, text = "" }: Message, event: MessageCreate): boolean => {
  const attached = attachments?.[0]
  return attached === undefined
    ? (event.attachments?.mediaKeys ?? []).length === 0 && saysText(text, event, false)
    : isAttached(attached.mediaId, event) && saysText(text, event, true)
}
