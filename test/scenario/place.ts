/** A place as somebody sees it who is neither Weir nor its driver. */
export interface Place {
  /** The name that the document gives it. */
  readonly location: string
  /** Makes it ready, and tells the server's data folder of it where it does not come with the server. */
  prepare(data: string): Promise<void>
  /** What runs for the shop, by name of its machine: something that is another after every start. */
  running(shop: Shop): Promise<ReadonlyMap<string, string>>
  /** All that was made for the shop and is still there, stopped or not. */
  present(shop: Shop): Promise<readonly string[]>
  /** Ends what runs on a machine without a word to anybody. */
  kill(shop: Shop, machine: string): Promise<void>
}

/** The shop under test. */
export interface Shop {
  /** The server's data folder. */
  readonly data: string
  /** The application's id. */
  readonly application: string
}
