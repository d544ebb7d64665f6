// Words to a model rather than about a tool. Phrases, because single words are ordinary (TP-01, TP-02).
import { type Rule, inProse, occurrences } from './rule.ts';

const MARKERS = [
  /<\s*\/?\s*(?:important|critical|system|instructions?|hidden|urgent|override|assistant)(?:[\s_-][\w-]{1,20})?\s*>/gi,
  /<\s*\/?\s*(?:admin|secret|developer|mandatory|user|tool)[\s_-](?:instructions?|message|note|prompt|rules?|command|override|reminder)\s*>/gi,
  /<\|[a-z_]{2,30}\|>/gi,
  /\[\/?INST\]|<<\/?SYS>>/g,
  /\[(?:system|important|hidden|admin|critical|instructions?)(?:\s+(?:message|prompt|note|instructions?))?\]/gi,
  /^[ \t#*>-]{0,8}(?:system|developer|assistant)(?:\s+(?:prompt|message))?[ \t*]{0,3}:/gim,
];

const OVERRIDES = [
  /\b(?:ignore|disregard|forget|override|bypass|supersede)s?\s+(?:(?:all|any|the|your|of|these|those|every)\s+){0,3}(?:previous|prior|above|earlier|other|existing|system|preceding|original|former|user'?s?|safety)\s+(?:\w+\s+)?(?:instructions?|prompts?|rules?|guidelines?|messages?|directions?|commands?|polic(?:y|ies)|constraints?|restrictions?)\b/gi,
  /\b(?:new|real|actual|updated)\s+(?:system\s+)?instructions?\s*:/gi,
  /\byou\s+are\s+(?:now|no\s+longer)\s+(?:an?|the|in|bound)\b/gi,
  /\b(?:takes?|has|have)\s+(?:precedence|priority)\s+over\s+(?:all\s+|any\s+|the\s+|your\s+)?(?:other|previous|system|user)\b/gi,
];

const ORDERS = [
  /\bbefore\s+(?:using|calling|invoking|running|executing)\s+(?:this|any|the|another|other|every|each|these)\s+(?:other\s+)?(?:tools?|functions?|commands?|server)\b/gi,
  /\b(?:you\s+)?must\s+(?:always\s+|first\s+|also\s+)?(?:call|use|run|invoke|execute|read|open|fetch|include|pass|send)\b.{0,60}\b(?:before|first|every\s+time|each\s+time|on\s+every|with\s+every)\b/gi,
  /\balways\s+(?:call|use|run|invoke|execute)\s+(?:this|the)\s+(?:tool|function)\b/gi,
  /\b(?:call|use|run|invoke)\s+this\s+(?:tool|function)\s+(?:first|before\s+(?:any|every|all)|for\s+(?:every|all|any)|on\s+every)\b/gi,
  /\botherwise\s+(?:the|this)\s+(?:tool|function|server)\s+(?:will\s+(?:not|fail)|won't|does\s+not|doesn't|cannot)\b/gi,
];

const PERSON =
  "(?:the\\s+|any\\s+|this\\s+to\\s+(?:the\\s+)?)?(?:users?|humans?|person|operator|anyone|anybody|them)\\b(?!'|\\s+(?:interface|agent|name|id|account|settings?|preferences?|data|roles?|profiles?|list))";
const CONCEALMENTS = [
  new RegExp(
    `\\b(?:do\\s+not|don't|dont|never|must\\s+not|mustn't|should\\s+not|avoid|no\\s+need\\s+to)\\s+(?:ever\\s+)?(?:tell|telling|inform|informing|mention|mentioning|notify|notifying|reveal|show|alert|alerting|disclose|warn|say|explain|ask|bother|let)\\b(?:\\s+(?:this|it|that|about|any\\s+of\\s+this|these|to|details?|anything)){0,4}\\s+${PERSON}`,
    'gi',
  ),
  /\b(?:do\s+not|don't|never|avoid)\s+(?:mention|mentioning|reveal|disclose|tell|talk\s+about|speak\s+of)\s+(?:that\s+you|this\b|it\b|these\s+instructions?|to\s+(?:the\s+)?(?:users?|anyone))/gi,
  /\bwithout\s+(?:telling|informing|notifying|asking|alerting|mentioning|warning|showing|letting)\b(?:\s+(?:it|this|that|to|the|any)){0,3}\s+(?:users?|humans?|anyone|anybody|operator|them)\b/gi,
  /\bwithout\s+the\s+user(?:'s)?\s+(?:knowing|knowledge|consent|noticing)\b/gi,
  /\b(?:the\s+)?users?\s+(?:must|should|need|may|does|do|will|can)(?:\s+not|n't)\s+(?:need\s+to\s+|have\s+to\s+)?(?:know|see|notice|be\s+(?:told|informed|notified|aware|shown))\b/gi,
  /\b(?:keep|remain)s?\s+(?:this|it|these|that)?\s*(?:instructions?\s+)?(?:hidden|secret|confidential|invisible|to\s+yourself)\b/gi,
  /\b(?:secretly|covertly|stealthily|surreptitiously)\b/gi,
  /\bsilently\s+(?:send|forward|copy|read|upload|include|add|pass|call|run|execute|collect|report|post)\w*\b/gi,
];

const ROUTES = [
  /\b(?:pass|send|put|include|append|provide|copy|insert|place|attach|paste|supply|submit|forward|embed|write)(?:s|ing|ed)?\s+(?:\w+\s+){0,6}?(?:contents?|full\s+(?:text|body)|entire\s+(?:text|body|file|conversation|history)|complete\s+(?:text|history|conversation)|(?:conversation|chat|message)\s+history|system\s+prompt|previous\s+messages?)\b.{0,80}?\b(?:as|into|via|through|in\s+(?:the|this|that|a|an|its)\s+(?:\W?\w+\W?\s+){0,2}(?:argument|parameter|field|note))\b/gi,
  /\b(?:entire|whole|full|complete|all\s+(?:of\s+)?the|previous|prior)\s+(?:\w+\s+)?(?:conversation|chat|dialog(?:ue)?|context\s+window|message\s+history|chat\s+history|system\s+(?:prompt|message))\b/gi,
  /\b(?:your|the\s+model's|the\s+assistant's)\s+(?:system\s+(?:prompt|message)|context\s+window|hidden\s+instructions?|chain\s+of\s+thought|reasoning)\b/gi,
  /\b(?:must|should|needs?\s+to|has\s+to|shall)\s+(?:contain|hold|be\s+set\s+to|be\s+filled\s+with|carry)\s+(?:the\s+)?(?:\w+\s+){0,3}?(?:contents?|file|text)\s+(?:of|named|at|from|under)\b/gi,
];

const REQUESTS = [
  /\b(?:send|pass|include|provide|put|attach|paste|enter|supply|read|copy|forward|give|insert|add)\s+(?:(?:the|your|their|a|an|any|all|user's|contents\s+of|value\s+of)\s+){0,3}(?:\w+\s+){0,2}?(?:api[\s_-]?keys?|access[\s_-]?tokens?|auth(?:entication)?[\s_-]?tokens?|bearer\s+tokens?|passwords?|passphrases?|credentials?|private[\s_-]?keys?|session\s+cookies?|secrets?|seed\s+phrases?|recovery\s+(?:codes?|phrases?)|one[\s-]time\s+(?:codes?|passwords?))\b/gi,
];

const RIGHTS = [
  /\b(?:disable|turn\s+off|deactivate|bypass|skip|remove|without)\s+(?:the\s+|any\s+|all\s+)?(?:sandbox(?:ing)?|permission\s+(?:checks?|prompts?)|approval(?:\s+prompts?)?|confirmations?|safety\s+checks?|security\s+(?:checks?|settings?)|firewall|certificate\s+(?:checks?|validation))\b/gi,
  /--dangerously[\w-]*|--no-sandbox\b|--yolo\b|\bNODE_TLS_REJECT_UNAUTHORIZED\b|\bNODE_OPTIONS\b|\bLD_PRELOAD\b/g,
  /\b(?:grant|give|allow|enable)\s+(?:it\s+|this\s+\w+\s+|the\s+server\s+|me\s+)?(?:full|unrestricted|root|administrator|admin|complete)\s+(?:disk\s+|file\s*system\s+|network\s+|system\s+)?(?:access|permissions?|privileges?|rights)\b/gi,
  /\b(?:sudo|doas)\s+[a-z./-]+|\bchmod\s+(?:-R\s+)?(?:[0-7]{3,4}|[ugoa]*\+[rwxs]+)\b/g,
  /\b(?:curl|wget)\s+[^\n|]{1,200}\|\s*(?:sudo\s+)?(?:ba|z|da)?sh\b|\bbash\s+<\(/g,
  /\b(?:npx|uvx|pip\s+install|npm\s+(?:i|install)\s+-g)\s+[@a-z][\w@./-]+/g,
  /\b(?:set|export|define|add)\s+(?:the\s+)?(?:environment\s+variables?|env(?:ironment)?\s+vars?)\b/gi,
  /\b(?:add|append|write)\s+(?:\w+\s+){0,4}(?:to\s+)?(?:your\s+)?(?:mcp\.json|claude_desktop_config(?:\.json)?|settings\.json|CLAUDE\.md|AGENTS\.md|\.bashrc|\.zshrc|crontab|authorized_keys)/gi,
];

const EMPHASIS = [
  /\b(?:IMPORTANT|CRITICAL|MANDATORY|URGENT|WARNING|ATTENTION)\b\s*[:!]/g,
  /\b(?:YOU|ALWAYS|NEVER)\s+(?:MUST|ALWAYS|NEVER|SHOULD)\b|\bMUST\s+(?:ALWAYS|NEVER|NOT)\b/g,
];

const LABELS = ['SAFE-T1001', 'OWASP MCP03 tool poisoning'];

export const instructionRules: readonly Rule[] = [
  {
    id: 'instruction-marker',
    title: 'markers that models take for orders',
    severity: 'high',
    labels: LABELS,
    why: 'tags such as <IMPORTANT> and tokens of chat templates are how known attacks make a description an instruction',
    find: inProse((text) => occurrences(text, MARKERS)),
  },
  {
    id: 'instruction-override',
    title: 'tells the model to set other instructions aside',
    severity: 'high',
    labels: ['SAFE-T1001', 'OWASP MCP06 prompt injection'],
    why: 'no description of a tool has to speak of the instructions that a model has',
    find: inProse((text) => occurrences(text, OVERRIDES)),
  },
  {
    id: 'instruction-order',
    title: 'tells the model what to do before or beside the call',
    severity: 'medium',
    labels: LABELS,
    why: 'it makes a model act because the tool is there, even if nobody calls it (line jumping)',
    find: inProse((text) => occurrences(text, ORDERS)),
  },
  {
    id: 'concealment',
    title: 'asks to hide something from the user',
    severity: 'high',
    labels: LABELS,
    why: 'an honest tool has nothing that its user must not learn',
    find: inProse((text) => occurrences(text, CONCEALMENTS)),
  },
  {
    id: 'data-routing',
    title: 'routes other content into an argument',
    severity: 'high',
    labels: ['SAFE-T1911', 'OWASP MCP10 context over-sharing'],
    why: 'what is put into an argument reaches the server: files, the conversation, the prompt',
    find: inProse((text) => occurrences(text, ROUTES)),
  },
  {
    id: 'secret-request',
    title: 'asks for a secret',
    severity: 'medium',
    labels: ['SAFE-T1502', 'OWASP MCP01 secret exposure'],
    why: 'a secret that goes through an argument goes through the model, the log of the client and the server',
    find: inProse((text) => occurrences(text, REQUESTS)),
  },
  {
    id: 'rights-hint',
    title: 'asks for rights, settings or commands outside the tool',
    severity: 'medium',
    labels: ['OWASP MCP02 scope creep'],
    why: 'a model or a user that follows it weakens the machine, whatever the profile grants',
    find: inProse((text) => occurrences(text, RIGHTS)),
  },
  {
    id: 'emphasis',
    title: 'shouts at the model',
    severity: 'info',
    labels: ['SAFE-T1001'],
    why: 'ordinary in honest descriptions too; read what follows it',
    find: inProse((text) => occurrences(text, EMPHASIS)),
  },
];
