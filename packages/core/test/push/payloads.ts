/** Payloads in the forms of X's pushes. */

export const message = (id: string, text = "hello", more: object = {}) => ({
  type: "message_create",
  id,
  created_timestamp: "1784928224372",
  message_create: {
    target: { recipient_id: "1111111111111111111" },
    sender_id: "2222222222222222222",
    message_data: { text, entities: { hashtags: [], symbols: [], user_mentions: [], urls: [] } },
    ...more
  }
})

export const activity = (
  payload: object,
  { account = "1111111111111111111", kind = "dm.received", uuid = "-6850472171600526495" } = {}
) => ({ data: { event_uuid: uuid, filter: { user_id: account }, event_type: kind, tag: "tag", payload } })

export const received = (id: string, text?: string, uuid?: string) =>
  activity(
    {
      direct_message_events: [message(id, text)],
      users: { "2": { data: { id: "2", name: "Two", username: "two", public_metrics: { tweet_count: 3 } } } }
    },
    uuid === undefined ? {} : { uuid }
  )

const flatUser = {
  id: "2222222222222222222",
  created_timestamp: "1422556069340",
  name: "Two",
  screen_name: "two",
  protected: false,
  followers_count: 7,
  statuses_count: 9,
  profile_image_url_https: "https://pbs.twimg.com/two.jpg"
}

export const accountActivity = {
  for_user_id: "1111111111111111111",
  direct_message_events: [
    message("2080765901528535096"),
    {
      ...message("2080765901528535097"),
      message_create: {
        target: { recipient_id: "2222222222222222222" },
        sender_id: "1111111111111111111",
        source_app_id: "268278",
        message_data: { text: "mine", attachment: { type: "media", media: { id_str: "55", type: "photo" } } }
      }
    }
  ],
  apps: { "268278": { id: "268278", name: "Web" } },
  users: { "2222222222222222222": flatUser }
}
