export type FailedDelivery = {
  /** Of this attempt; what `redeliver` takes. */
  id: number;
  /** The same for every attempt of a delivery. */
  guid: string;
  event: string;
  /** Epoch milliseconds. */
  at: number;
};

/** GitHub does not send a webhook again by itself, but keeps for three days which attempts failed. */
export type DeliveryLog = {
  /** Newest first. */
  failedSince(since: number): Promise<FailedDelivery[]>;
  redeliver(id: number): Promise<void>;
};
