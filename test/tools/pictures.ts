/**
 * Takes the README's pictures from the real editor: `node test/tools/pictures.ts [THEME] [FOLDER]`.
 * With a theme (`Default Light Modern`, `Default High Contrast`) they go to the folder named after it, to be looked at.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { openEditor } from './editor.ts';
import { ROOT } from './paths.ts';

const [theme = 'Default Dark Modern', folder = join(ROOT, 'media', 'readme')] = process.argv.slice(2);
mkdirSync(folder, { recursive: true });

const editor = await openEditor({ folder: 'test/demo', theme, width: 1200, height: 800 });
const { page } = editor;
const row = (text: string) => page.locator('.sidebar .monaco-list-row', { hasText: text }).first();
const shoot = async (name: string) => {
  // What the pointer happens to be over is not part of the picture.
  await page.mouse.move(600, 795);
  await page.waitForTimeout(1500);
  await page.screenshot({ path: join(folder, `${name}.png`) });
};

try {
  await row('manifests').click();
  await row('canary.yaml').click();
  await page.locator('.squiggly-error').first().waitFor({ timeout: 30_000 });
  await editor.command('View: Toggle Problems');
  await page.locator('.markers-panel .monaco-list-row').first().waitFor();
  await shoot('lint');
  await editor.command('View: Toggle Problems');
  await editor.command('View: Close All Editors');

  await page.locator('.activitybar [aria-label^="Pod Triage"]').first().click();
  await row('cart').waitFor({ timeout: 30_000 });
  await row('cart').locator('.monaco-tl-twistie').click();
  await row('cart-').hover();
  await row('cart-').locator('[aria-label*="Diagnose"]').first().click();
  const report = page.frameLocator('iframe.webview.ready').last().frameLocator('#active-frame');
  await report.getByText('manifests/cart.yaml').first().waitFor({ timeout: 30_000 });
  await shoot('report');
  await report.getByRole('button', { name: 'Read the Case' }).first().click();
  await page
    .frameLocator('iframe.webview.ready')
    .last()
    .frameLocator('#active-frame')
    .getByRole('heading', { name: 'Because' })
    .waitFor({ timeout: 30_000 });
  await editor.command('View: Join All Editor Groups');
  await page.locator('.tab', { hasText: 'The pods run but' }).first().click();
  await shoot('case');
} finally {
  await editor.close();
}
