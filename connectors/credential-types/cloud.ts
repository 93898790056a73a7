import type { CredentialTypeInput } from "#sdk/connector/credential-type.ts";

/** Accounts of clouds. */
export const cloudTypes: readonly CredentialTypeInput[] = [
  {
    slug: "aws-access-key",
    name: "AWS access key",
    category: "cloud",
    description: "An access key of an IAM user, or temporary credentials with a session token.",
    keywords: ["amazon", "iam", "s3", "sigv4"],
    docs: "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_access-keys.html",
    fields: {
      accessKeyId: {
        label: "Access key ID",
        placeholder: "AKIA…",
        pattern: "[A-Z0-9]{16,128}",
        patternHint: "must be 16 or more capital letters and digits",
      },
      secretAccessKey: { label: "Secret access key", type: "password" },
      sessionToken: { label: "Session token", type: "password", required: false },
      region: {
        label: "Region",
        default: "us-east-1",
        pattern: "[a-z]{2,}(-[a-z]+)+-\\d+",
        patternHint: "such as eu-central-1",
      },
    },
  },
  {
    slug: "aws-assume-role",
    name: "AWS role",
    category: "cloud",
    description: "An access key that may take on a role.",
    keywords: ["amazon", "iam", "sts", "role"],
    docs: "https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html",
    fields: {
      accessKeyId: { label: "Access key ID" },
      secretAccessKey: { label: "Secret access key", type: "password" },
      roleArn: {
        label: "Role ARN",
        pattern: "arn:aws[a-z-]*:iam::\\d{12}:role/.+",
        patternHint: "must be the ARN of a role",
      },
      externalId: { label: "External ID", required: false },
    },
  },
  {
    slug: "google-service-account",
    name: "Google service account",
    category: "cloud",
    description: "The JSON key of a service account.",
    keywords: ["gcp", "google cloud", "json"],
    docs: "https://cloud.google.com/iam/docs/keys-create-delete",
    fields: {
      clientEmail: {
        label: "Client e-mail",
        pattern: "[^@\\s]+@[^@\\s]+",
        patternHint: "must be the account's address",
      },
      privateKey: { label: "Private key", type: "password", placeholder: "-----BEGIN PRIVATE KEY-----" },
      projectId: { label: "Project id", required: false },
      subject: {
        label: "On behalf of",
        description: "For domain-wide delegation: whose data.",
        required: false,
      },
    },
  },
  {
    slug: "azure-client",
    name: "Azure app registration",
    category: "cloud",
    description: "A tenant, a client and its secret.",
    keywords: ["microsoft", "entra", "active directory"],
    docs: "https://learn.microsoft.com/en-us/entra/identity-platform/v2-oauth2-client-creds-grant-flow",
    fields: {
      tenantId: { label: "Tenant id" },
      clientId: { label: "Client id" },
      clientSecret: { label: "Client secret", type: "password" },
    },
  },
  {
    slug: "azure-storage-account",
    name: "Azure storage account",
    category: "cloud",
    description: "A storage account and its key.",
    keywords: ["microsoft", "blob", "files"],
    docs: "https://learn.microsoft.com/en-us/azure/storage/common/storage-account-keys-manage",
    fields: {
      account: {
        label: "Account name",
        pattern: "[a-z0-9]{3,24}",
        patternHint: "must be 3 to 24 small letters and digits",
        format: "label",
      },
      accountKey: { label: "Key", type: "password" },
    },
  },
  {
    slug: "s3-compatible",
    name: "S3-compatible storage",
    category: "cloud",
    description: "Object storage that speaks S3, hosted by anybody.",
    keywords: ["minio", "r2", "spaces", "object storage"],
    fields: {
      endpoint: { label: "Endpoint", placeholder: "s3.example.com", format: "hostname" },
      region: { label: "Region", default: "auto" },
      accessKeyId: { label: "Access key ID" },
      secretAccessKey: { label: "Secret access key", type: "password" },
    },
    hosts: ["{endpoint}"],
  },
];
