// Bundles src/ with esbuild and gathers the licences of what is inside the bundle.
import { build } from 'esbuild';
import { mkdtemp, mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const here = import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname);
const committed = path.join(here, '..', 'wwwroot');
const checks = process.argv.includes('--check');
const out = checks ? await mkdtemp(path.join(tmpdir(), 'dashboard-')) : committed;

await mkdir(out, { recursive: true });
if (!checks) {
  for (const name of await readdir(out)) {
    await rm(path.join(out, name), { recursive: true });
  }
}

await build({
  absWorkingDir: here,
  entryPoints: { app: 'src/main.js', style: 'src/style.css' },
  outdir: out,
  bundle: true,
  minify: true,
  format: 'esm',
  target: ['es2022', 'chrome109', 'firefox115', 'safari16'],
  legalComments: 'none', // They stand in licences.txt, in full.
  charset: 'utf8',
  logLevel: 'warning',
});
for (const name of ['index.html', 'icon.svg']) {
  await writeFile(path.join(out, name), await readFile(path.join(here, 'src', name)));
}
await writeFile(path.join(out, 'licences.txt'), await licences(['mqtt', 'uplot']));

if (checks) {
  const differing = await difference(out, committed);
  await rm(out, { recursive: true });
  if (differing.length > 0) {
    console.error(`dashboard: ${differing.join(', ')} in wwwroot do not match web/src; `
      + 'run src/Steelyard.Host/Dashboard/web/build and commit what it writes');
    process.exit(1);
  }
  console.log('dashboard: wwwroot matches its sources');
}

async function difference(left, right) {
  const names = new Set([...await readdir(left), ...await readdir(right)]);
  const differing = [];
  for (const name of [...names].sort()) {
    const [a, b] = [path.join(left, name), path.join(right, name)];
    if (!existsSync(a) || !existsSync(b) || !(await readFile(a)).equals(await readFile(b))) {
      differing.push(name);
    }
  }
  return differing;
}

// All that the named packages may pull into a browser; types never reach one.
async function licences(roots) {
  const seen = new Map();
  const queue = [...roots];
  while (queue.length > 0) {
    const name = queue.shift();
    if (seen.has(name) || name.startsWith('@types/')) continue;
    const folder = path.join(here, 'node_modules', name);
    if (!existsSync(folder)) continue;
    const about = JSON.parse(await readFile(path.join(folder, 'package.json'), 'utf8'));
    const file = (await readdir(folder)).find(each => /^licen[cs]e/i.test(each));
    const text = file ? await readFile(path.join(folder, file), 'utf8') : `Licence: ${about.license}`;
    seen.set(name, `${name} ${about.version} (${about.license})\n\n${text.trim()}\n`);
    queue.push(...Object.keys(about.dependencies ?? {}));
  }
  const rule = `\n${'-'.repeat(78)}\n\n`;
  return 'The dashboard contains the following packages.\n' + rule
    + [...seen.keys()].sort().map(name => seen.get(name)).join(rule).replaceAll('\r\n', '\n');
}
