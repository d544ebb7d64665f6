import { describe, expect, it } from 'vitest';
import { readLine } from '../../../src/relay/read-line.ts';

function read(members: string): string {
  const reading = readLine(Buffer.from(`{"jsonrpc":"2.0",${members}}\n`));
  return reading.ok ? reading.message.kind : reading.fault;
}
const result = (value: string): string => read(`"id":1,"result":${value}`);
const params = (value: string): string => read(`"id":1,"method":"x","params":${value}`);

describe('JR-03: a member that only looks like one that the judge reads', () => {
  it.each([
    '{"_meta":{"ProgressToken":1}}',
    '{"_meta":{"io.modelcontextprotocol/ServerInfo":{}}}',
    '{"_meta":{"__proto__":{}}}',
    '{"capabilities":{"Tools":{}}}',
    '{"capabilities":{"elicitation":{"URL":{}}}}',
    '{"capabilities":{"taſks":{}}}',
    '{"resultType":"input_required","inputRequests":{"q":{"method":"roots/list","Method":"x"}}}',
    '{"resultType":"input_required","inputRequests":{"q":{"method":"x","params":{"Mode":"url"}}}}',
    '{"resultType":"input_required","inputRequests":{"__proto__":{"method":"x"}}}',
    '{"content":[{"type":"text","text":"a"},{"type":"resource","Resource":{"uri":"ui://x"}}]}',
    '{"content":[{"type":"resource","resource":{"uri":"a:b","URI":"ui://x"}}]}',
    '{"contents":[{"uri":"a:b","Uri":"ui://x"}]}',
    '{"messages":[{"role":"user","content":{"type":"resource_link","Uri":"ui://x"}}]}',
    '{"messages":[{"role":"user","content":[{"type":"resource_link","uri\\u0000":"ui://x"}]}]}',
    '{"task":{"tas\u212aId":"x"}}',
    '{"\uff3fmeta":{"ui":{}}}',
    '{"con\u2061tent":[]}',
    '{"content\u{e0041}":[]}',
  ])('in a result: %s', (value) => {
    expect(result(value)).toBe('member-look-alike');
  });

  it.each([
    '{"_meta":{"IO.modelcontextprotocol/clientCapabilities":{"sampling":{}}}}',
    '{"capabilities":{"Sampling":{}}}',
    '{"notifications":{"toolsListchanged":true}}',
    '{"IncludeContext":"allServers"}',
    '{"messages":[],"tool\u200bChoice":{}}',
    '{"ref":{"type":"ref/prompt","name":"a","Uri":"file:///x"}}',
  ])('in params: %s', (value) => {
    expect(params(value)).toBe('member-look-alike');
  });

  it.each([
    '{"content":[{"type":"text","text":"a","annotations":{"Name":1}}]}',
    '{"structuredContent":{"Name":1,"name":2,"__proto__":{}}}',
    '{"tools":[{"name":"x","inputSchema":{"properties":{"Name":{},"name":{}}}}]}',
    '{"content":[[{"Type":1}]],"_meta":{"vendor/Name":1},"capabilities":{"experimental":{"Tools":{}}}}',
  ])('stands where anybody may name things, in a result: %s', (value) => {
    expect(result(value)).toBe('result');
  });

  it('stands where anybody may name things, in arguments', () => {
    expect(params('{"name":"a","arguments":{"Name":1,"name":2,"__proto__":1}}')).toBe('request');
  });
});
