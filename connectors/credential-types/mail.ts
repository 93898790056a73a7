import type { CredentialTypeInput } from "#sdk/connector/credential-type.ts";

const server = { label: "Server", placeholder: "mail.example.com", format: "hostname" } as const;
const login = {
  username: { label: "User name" },
  password: { label: "Password", type: "password" },
} as const;

/** Mail servers and file servers. */
export const mailTypes: readonly CredentialTypeInput[] = [
  {
    slug: "smtp",
    name: "SMTP server",
    category: "email",
    description: "A server that sends mail.",
    keywords: ["mail", "send"],
    docs: "https://www.rfc-editor.org/rfc/rfc6409",
    fields: {
      server,
      port: { label: "Port", type: "number", default: "587" },
      security: {
        label: "Encryption",
        default: "starttls",
        options: [
          { value: "starttls", label: "STARTTLS" },
          { value: "tls", label: "TLS from the start" },
        ],
      },
      ...login,
      from: { label: "Sender", description: "The address that mail comes from.", required: false },
    },
  },
  {
    slug: "imap",
    name: "IMAP server",
    category: "email",
    description: "A mailbox to read from.",
    keywords: ["mail", "read", "mailbox"],
    docs: "https://www.rfc-editor.org/rfc/rfc9051",
    fields: { server, port: { label: "Port", type: "number", default: "993" }, ...login },
  },
  {
    slug: "sftp",
    name: "SFTP with password",
    category: "files",
    description: "A file server over SSH, with a password.",
    keywords: ["ssh", "ftp", "files"],
    fields: {
      server,
      port: { label: "Port", type: "number", default: "22" },
      ...login,
      hostKey: { label: "Host key fingerprint", placeholder: "SHA256:…", required: false },
    },
  },
  {
    slug: "ftps",
    name: "FTP over TLS",
    category: "files",
    description: "A file server that speaks FTP, encrypted.",
    keywords: ["ftp", "files"],
    fields: { server, port: { label: "Port", type: "number", default: "21" }, ...login },
  },
  {
    slug: "webdav",
    name: "WebDAV",
    category: "files",
    description: "Files over HTTP.",
    keywords: ["nextcloud", "owncloud", "files"],
    docs: "https://www.rfc-editor.org/rfc/rfc4918",
    fields: { host: { label: "Host", placeholder: "cloud.example.com", format: "hostname" }, ...login },
    carry: { basic: { username: "{username}", password: "{password}" } },
    hosts: ["{host}"],
  },
];
