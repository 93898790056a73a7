import type { CredentialTypeInput } from "#sdk/connector/credential-type.ts";

/** Keys, certificates and what signs. */
export const securityTypes: readonly CredentialTypeInput[] = [
  {
    slug: "ssh-key",
    name: "SSH key",
    category: "security",
    description: "A private key for SSH and SFTP.",
    keywords: ["sftp", "private key", "git"],
    docs: "https://www.openssh.com/manual.html",
    fields: {
      host: { label: "Host", placeholder: "server.example.com", format: "hostname" },
      port: { label: "Port", type: "number", default: "22" },
      username: { label: "User name" },
      privateKey: {
        label: "Private key",
        type: "password",
        placeholder: "-----BEGIN OPENSSH PRIVATE KEY-----",
      },
      passphrase: { label: "Passphrase", type: "password", required: false },
      hostKey: { label: "Host key fingerprint", placeholder: "SHA256:…", required: false },
    },
  },
  {
    slug: "webhook-secret",
    name: "Webhook secret",
    category: "security",
    description: "The secret that webhooks are signed with.",
    keywords: ["hmac", "signature", "callback"],
    docs: "https://www.standardwebhooks.com/",
    fields: { secret: { label: "Secret", type: "password", placeholder: "whsec_…" } },
  },
  {
    slug: "client-certificate",
    name: "Client certificate",
    category: "security",
    description: "A certificate and its key for mutual TLS.",
    keywords: ["mtls", "x509", "pem"],
    docs: "https://www.rfc-editor.org/rfc/rfc8705",
    fields: {
      certificate: { label: "Certificate", placeholder: "-----BEGIN CERTIFICATE-----" },
      privateKey: { label: "Private key", type: "password", placeholder: "-----BEGIN PRIVATE KEY-----" },
      passphrase: { label: "Passphrase", type: "password", required: false },
    },
  },
  {
    slug: "jwt-signing-key",
    name: "JWT signing key",
    category: "security",
    description: "A key that signs tokens.",
    keywords: ["jws", "rsa", "ecdsa", "hmac"],
    docs: "https://www.rfc-editor.org/rfc/rfc7519",
    fields: {
      algorithm: {
        label: "Algorithm",
        default: "RS256",
        options: ["RS256", "PS256", "ES256", "EdDSA", "HS256"].map((value) => ({ value, label: value })),
      },
      key: { label: "Key", type: "password", description: "A PEM, or for HS256 the shared secret." },
      keyId: { label: "Key id", required: false },
      issuer: { label: "Issuer", required: false },
    },
  },
  {
    slug: "pgp-key",
    name: "PGP key",
    category: "security",
    description: "A private key for encrypted and signed messages.",
    keywords: ["gpg", "openpgp"],
    docs: "https://www.rfc-editor.org/rfc/rfc9580",
    fields: {
      privateKey: {
        label: "Private key",
        type: "password",
        placeholder: "-----BEGIN PGP PRIVATE KEY BLOCK-----",
      },
      passphrase: { label: "Passphrase", type: "password", required: false },
    },
  },
];
