import { pullPolicyOf, splitImage } from '../../../kube/image.ts';
import { containersOf } from '../../../kube/workload.ts';
import { objectRule } from '../../rule.ts';

export const imagePullPolicyNotAlways = objectRule()({
  id: 'image-pull-policy-not-always',
  group: 'images',
  severity: 'hint',
  enabled: false,
  scope: 'object',
  kinds: 'pods',
  case: 'image-tag-moves',
  sources: ['kube-score/container-image-pull-policy', 'polaris/pullPolicyNotAlways'],
  params: { skipDigest: true },
  messages: {
    policy:
      'Image of container {container} is pulled {policy}: a node that has it runs it without asking the registry, and without its credentials.',
    always: 'Pull always',
  },

  check({ object }, { params, report }) {
    for (const { container, label, path } of containersOf(object)) {
      const policy = pullPolicyOf(container);
      const pinned = splitImage(container.image ?? '').digest !== undefined;
      if (policy === 'Always' || (params.skipDigest && pinned)) continue;
      const place = [...path, 'imagePullPolicy'];
      report('policy', place, {
        data: { container: label, policy },
        fixes: [{ title: 'always', edits: [{ op: 'set', path: place, value: 'Always' }] }],
      });
    }
  },
});
