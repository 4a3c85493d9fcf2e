/** The shapes of the built-in kinds, as generated data. */

export interface Schema {
  /** Kubernetes minor version the data was generated from, `1.36`. */
  version: string;
}
