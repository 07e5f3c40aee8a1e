// Validates JSON values by a JSON schema (draft 2020-12, which OpenAPI 3.1 uses) with ajv.
// usage: node validate.mjs schema.json values.jsonl -> a line of "true" or "false: why" for each value
import { readFileSync } from 'node:fs';
import Ajv2020 from 'ajv/dist/2020.js';

const [schemaFile, valuesFile] = process.argv.slice(2);
const ajv = new Ajv2020({ strict: false, allErrors: true, validateFormats: false });
const validate = ajv.compile(JSON.parse(readFileSync(schemaFile, 'utf8')));
for (const line of readFileSync(valuesFile, 'utf8').split('\n').filter(line => line.trim())) {
  console.log(validate(JSON.parse(line)) ? 'true' : `false: ${ajv.errorsText(validate.errors)}`);
}
