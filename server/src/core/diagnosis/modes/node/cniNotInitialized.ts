/** A node without a network plugin: seen in its condition, or in the complaint of a pod that waits there. */
import { defineMode } from '../../mode.ts';
import { cniAtSandbox } from '../sandbox/sandboxErrors.ts';
import { nodeConditionModes } from './conditions.ts';

const sightings = [...nodeConditionModes.filter(({ id }) => id === 'cni-not-initialized'), ...cniAtSandbox];

export const cniNotInitialized = defineMode({
  id: 'cni-not-initialized',
  step: 'node',
  severity: 'error',
  confidence: 'certain',
  case: 'cni-not-initialized',
  explains: ['untolerated-taint'],
  messages: Object.assign({}, ...sightings.map(({ messages }) => messages)) as Record<string, string>,
  detect(scene, context) {
    for (const { detect } of sightings) detect(scene, context);
  },
});
