/**
 * A node that has no log of a container any more answers with its own error in place of the log, and with success.
 * Words of `GetContainerLogs` and `ReadLogs` in the kubelet:
 * https://github.com/kubernetes/kubernetes/blob/master/pkg/kubelet/kuberuntime/kuberuntime_container.go
 * https://github.com/kubernetes/kubernetes/blob/master/staging/src/k8s.io/cri-client/pkg/logs/logs.go
 */
const LOST =
  /^(?:unable to retrieve container logs for [a-z0-9-]+:\/\/[0-9a-f]+|failed to (?:open log file|try resolving symlinks in path) "[^"]+": \S+ [^:]+: no such file or directory)$/;

/** Whether this is what a kubelet says instead of a log, and all that it says. */
export const isLostLog = (text: string): boolean => text.length < 1000 && LOST.test(text.trim());
