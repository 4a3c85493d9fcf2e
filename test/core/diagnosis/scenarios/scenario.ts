/**
 * A failure mode seen from outside: what makes it speak, and what comes near and must not. Built by hand is only what no
 * recording of the test cluster shows (test/fixtures/snapshots, test/tools/mended.ts).
 */
import type { Observed } from '../../../../server/src/core/diagnosis/observed.ts';
import type { KubeObject } from '../../../../server/src/core/kube/object.ts';

export interface Case {
  objects: KubeObject[];
  subject: KubeObject;
  extra?: Partial<Observed>;
  /** `Kind/ns/name path` of the finding. */
  at?: string;
  message?: string;
  /** Where the finding stands in the answer. Default: it is the verdict. */
  as?: 'verdict' | 'consequence' | 'alsoSeen' | 'anywhere';
}

export interface Scenario {
  mode: string;
  /** Left out where the recordings show it. */
  fires?: Case[];
  silent: Case[];
}
