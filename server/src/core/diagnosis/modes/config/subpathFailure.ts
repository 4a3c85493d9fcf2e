/** A subPath that cannot be mounted: the kubelet says so before the container is made, or runc when it starts. */
import { defineMode } from '../../mode.ts';
import { subPathAtStart } from '../runtime/endings.ts';
import { subPathAtCreation } from './createErrors.ts';

const sightings = [...subPathAtCreation, ...subPathAtStart];

export const subpathFailure = defineMode({
  id: 'subpath-failure',
  step: 'configured',
  severity: 'error',
  confidence: 'certain',
  case: 'subpath-failure',
  messages: Object.assign({}, ...sightings.map(({ messages }) => messages)) as Record<string, string>,
  detect(scene, context) {
    for (const { detect } of sightings) detect(scene, context);
  },
});
