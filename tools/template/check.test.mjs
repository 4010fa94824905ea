import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import test from 'node:test';
import { check, guide } from './check.mjs';

const template = readFileSync(new URL('../../examples/template.yaml', import.meta.url), 'utf8');

test('the template of the examples has no error', () => assert.deepEqual(check(template), []));

const mistakes = {
  'a misspelled property': ['BillingMode:', 'BilingMode:', 'Resources.Jobs.Properties: there is no property BilingMode'],
  'a misspelled property of an event': ['BisectBatchOnFunctionError:', 'BisectBatchOnError:', 'Resources.ProcessQueryJob.Properties.Events.Stream.Properties: there is no property BisectBatchOnError'],
  'a misspelled global': ['MemorySize:', 'Memory:', 'Resources.SubmitQuery.Properties: there is no property Memory'],
  'a missing property': ['StreamViewType:', 'Unknown:', 'Resources.Jobs.Properties.StreamSpecification: StreamViewType is required'],
  'an unknown type': ['AWS::DynamoDB::Table', 'AWS::DynamoDB::Tabel', 'Resources.Jobs: there is no resource type AWS::DynamoDB::Tabel'],
  'a value of another type': ['Timeout: 10', 'Timeout: long', 'Resources.SubmitQuery.Properties.Timeout: want number, got "long"'],
  'an unknown name': ['!Ref ClaudeUrl', '!Ref ClaudeURL', 'Resources.ProcessQueryJob.Properties.Environment.Variables.CLAUDE_URL: there is no ClaudeURL'],
  'an unknown attribute': ['!GetAtt Jobs.StreamArn', '!GetAtt Jobs.Stream', 'Resources.ProcessQueryJob.Properties.Events.Stream.Properties.Stream: AWS::DynamoDB::Table has no attribute Stream'],
  'an unknown name in a text': ['!GetAtt SlackAnswer.Arn', '!Sub "${Slack.Arn}"', 'there is no Slack'],
};
for (const [name, [right, wrong, want]] of Object.entries(mistakes)) {
  test(name, () => {
    assert.ok(template.includes(right), `the template has no ${right}`);
    const got = check(template.replace(right, wrong));
    assert.ok(got.some(e => e.includes(want)), `${JSON.stringify(got)} lacks ${want}`);
  });
}

const guides = fileURLToPath(new URL('../../docs/guides/', import.meta.url));
for (const page of readdirSync(guides).filter(name => name !== 'README.md')) {
  test(`the template of the guide ${page}`, () => {
    const text = guide(guides + page);
    assert.deepEqual(check(text), []);
    assert.notDeepEqual(check(text.replaceAll('!GetAtt Jobs.', '!GetAtt Job.')), []);
  });
}
