/**
 * A key as configuration and flags name it: what a recipient is made from.
 * The fields are those of the metadata entry without what wrapping adds.
 */

import type {
  AgeEntry,
  AzureKvEntry,
  GcpKmsEntry,
  HcKmsEntry,
  HcVaultEntry,
  KmsEntry,
  PgpEntry,
} from "./key-entry.ts"

type Named<Entry> = Omit<Entry, "enc" | "createdAt">

export type KeySpec =
  | Named<AgeEntry>
  | Named<PgpEntry>
  | Named<KmsEntry>
  | Named<GcpKmsEntry>
  | Named<AzureKvEntry>
  | Named<HcVaultEntry>
  | Named<HcKmsEntry>
