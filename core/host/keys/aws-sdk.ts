/** What is used of Amazon's SDK, bundled apart: half a megabyte, loaded when a key of AWS is. */

export { DecryptCommand, EncryptCommand, KMSClient } from "@aws-sdk/client-kms"
export { AssumeRoleCommand, STSClient } from "@aws-sdk/client-sts"
export { defaultProvider } from "@aws-sdk/credential-provider-node"
export { NodeHttpHandler } from "@smithy/node-http-handler"
