/** User settings of an editor that shows the workspace and nothing else: no welcome page, no chat, no tips. */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const QUIET = {
  'workbench.startupEditor': 'none',
  'workbench.welcomePage.walkthroughs.openOnInstall': false,
  'workbench.tips.enabled': false,
  'window.commandCenter': false,
  'chat.commandCenter.enabled': false,
  'chat.disableAIFeatures': true,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'extensions.ignoreRecommendations': true,
  'editor.minimap.enabled': false,
  'update.showReleaseNotes': false,
  'telemetry.telemetryLevel': 'off',
};

/** Puts them into the data folder of a server; what somebody has set there stays. */
export function writeQuietSettings(dataFolder: string): void {
  const folder = join(dataFolder, 'data', 'User');
  const file = join(folder, 'settings.json');
  if (existsSync(file)) return;
  mkdirSync(folder, { recursive: true });
  writeFileSync(file, JSON.stringify(QUIET, undefined, 2));
}
