// Hosts that many people have accounts, buckets or webhooks on: whoever makes the server send something there can send it to
// an account of their own, and the host is granted. As data, for a reviewer to read; names below a private public suffix
// (`*.github.io`) count too and are not listed here.

interface SharedHosts {
  /** Exact, or `*.` for all that is below. */
  readonly hosts: readonly string[];
  readonly reason: string;
}

export const SHARED_HOSTS: readonly SharedHosts[] = [
  {
    reason: 'a code host: any account on it can receive repositories, issues and snippets',
    hosts: [
      'github.com',
      '*.github.com',
      '*.githubusercontent.com',
      '*.ghe.com',
      'gitlab.com',
      '*.gitlab.com',
      'bitbucket.org',
      '*.bitbucket.org',
      'codeberg.org',
      'dev.azure.com',
      '*.visualstudio.com',
      '*.sr.ht',
      'sourceforge.net',
      'huggingface.co',
      '*.huggingface.co',
    ],
  },
  {
    reason: 'an object store: any account on it can receive objects in a bucket of its own',
    hosts: [
      '*.amazonaws.com',
      '*.core.windows.net',
      'storage.googleapis.com',
      '*.storage.googleapis.com',
      '*.cloudflarestorage.com',
      '*.backblazeb2.com',
      '*.digitaloceanspaces.com',
      '*.wasabisys.com',
      '*.oraclecloud.com',
      '*.aliyuncs.com',
    ],
  },
  {
    reason: 'a database or backend for anybody: any project on it can receive rows',
    hosts: [
      '*.supabase.co',
      'api.supabase.com',
      '*.firebaseio.com',
      'firestore.googleapis.com',
      '*.mongodb.net',
      '*.documents.azure.com',
      '*.neon.tech',
      '*.upstash.io',
    ],
  },
  {
    reason: 'a chat service: any workspace, channel, bot or webhook on it can receive messages',
    hosts: [
      'slack.com',
      '*.slack.com',
      'discord.com',
      'discordapp.com',
      'api.telegram.org',
      '*.webhook.office.com',
      'graph.microsoft.com',
      'chat.googleapis.com',
      'api.twilio.com',
      '*.zulipchat.com',
      'open.feishu.cn',
      'ntfy.sh',
    ],
  },
  {
    reason: 'a mail service: any address can receive mail from it',
    hosts: [
      'api.sendgrid.com',
      'api.mailgun.net',
      'api.eu.mailgun.net',
      'api.postmarkapp.com',
      'api.resend.com',
      'api.brevo.com',
      'gmail.googleapis.com',
      '*.mandrillapp.com',
    ],
  },
  {
    reason: 'notes, documents and tickets: any workspace on it can receive pages and comments',
    hosts: [
      'api.notion.com',
      'www.notion.so',
      'www.googleapis.com',
      'docs.googleapis.com',
      'drive.googleapis.com',
      'sheets.googleapis.com',
      'api.trello.com',
      '*.atlassian.net',
      '*.atlassian.com',
      'api.airtable.com',
      'api.linear.app',
      'api.asana.com',
      'app.asana.com',
      'api.clickup.com',
      'api.monday.com',
      'api.hubapi.com',
      'api.figma.com',
      'api.dropboxapi.com',
      'content.dropboxapi.com',
      'api.box.com',
      'upload.box.com',
      '*.sharepoint.com',
    ],
  },
  {
    reason: 'a place to drop text or files, or to look at requests: anybody can read what arrives there',
    hosts: [
      'pastebin.com',
      'paste.rs',
      'dpaste.com',
      'dpaste.org',
      'hastebin.com',
      'termbin.com',
      'rentry.co',
      '0x0.st',
      'transfer.sh',
      'file.io',
      'gofile.io',
      '*.gofile.io',
      'webhook.site',
      '*.webhook.site',
      'requestbin.com',
      '*.m.pipedream.net',
      'httpbin.org',
      '*.oast.fun',
      '*.oastify.com',
      '*.trycloudflare.com',
    ],
  },
  {
    reason: 'collects events for anybody: any project on it can receive them',
    hosts: [
      '*.sentry.io',
      'api.segment.io',
      '*.mixpanel.com',
      '*.posthog.com',
      '*.amplitude.com',
      '*.google-analytics.com',
      '*.datadoghq.com',
      '*.newrelic.com',
      '*.honeycomb.io',
    ],
  },
  {
    reason: 'a model service: any key for it can be used to store files and conversations',
    hosts: [
      'api.openai.com',
      'api.anthropic.com',
      'generativelanguage.googleapis.com',
      'openrouter.ai',
      'api.mistral.ai',
      'api.replicate.com',
    ],
  },
  {
    reason: 'fetches whatever address it is told: data can leave in the address',
    hosts: [
      'api.firecrawl.dev',
      'api.tavily.com',
      'api.exa.ai',
      'r.jina.ai',
      's.jina.ai',
      'api.apify.com',
      'api.scrapingbee.com',
      'api.browserbase.com',
      'production-sfo.browserless.io',
      'web.archive.org',
    ],
  },
];

/** Registries of packages and images are told by a word in their name: there are too many of them, also in companies. */
export const REGISTRY_WORDS =
  /^(?:registry|registries|npm|pypi|rubygems|crates|packages?|pkgs?|nuget|maven|docker|artifactory|nexus)(?:-.*)?$/;

export const REGISTRY_REASON =
  'looks like a registry of packages: whoever has an account there can publish to it';
