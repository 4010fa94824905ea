// Writes the generated folders of all variants as one JSON text, with equal files once.
// Usage: node pack.mjs FOLDER
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const [root] = process.argv.slice(2);
const files = [];
const variants = {};
const fronts = ['seed', 'migrating']; // clients use these, so their model descriptions are kept
for (const variant of readdirSync(root).sort()) {
  variants[variant] = {};
  for (const name of readdirSync(join(root, variant)).filter((n) => n !== 'introspection.json' || fronts.includes(variant)).sort()) {
    const content = readFileSync(join(root, variant, name), 'utf8');
    if (!files.includes(content)) files.push(content);
    variants[variant][name] = files.indexOf(content);
  }
}
process.stdout.write(JSON.stringify({ variants, files }, null, 1) + '\n');
