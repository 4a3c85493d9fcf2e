/** Generated manifests: what a team's folder looks like, as many as are asked for. */

/** A container as teams write it: port, a variable from the application's ConfigMap, probe, resources. */
export const container = (name: string, app: string, i: number): string => `        - name: ${name}
          image: registry.example/${app}:1.${i}
          args: ["--port", "8080"]
          ports:
            - name: http
              containerPort: 8080
          env:
            - name: MODE
              valueFrom:
                configMapKeyRef:
                  name: ${app}
                  key: mode
          readinessProbe:
            httpGet:
              path: /ready
              port: http
          resources:
            requests:
              cpu: 50m
              memory: 64Mi
            limits:
              memory: 128Mi
`;

/** One application: Deployment, Service, ConfigMap, and for every fifth a NetworkPolicy and a budget. About 75 lines. */
export function application(i: number): string[] {
  const name = `app-${i}`;
  const documents = [
    `apiVersion: apps/v1
kind: Deployment
metadata:
  name: ${name}
  namespace: team-${i % 20}
  labels:
    app: ${name}
spec:
  replicas: 2
  selector:
    matchLabels:
      app: ${name}
  template:
    metadata:
      labels:
        app: ${name}
        tier: backend
    spec:
      containers:
${container('main', name, i)}`,
    `apiVersion: v1
kind: Service
metadata:
  name: ${name}
  namespace: team-${i % 20}
spec:
  selector:
    app: ${name}
  ports:
    - port: 80
      targetPort: ${i % 10 === 0 ? 'htpp' : 'http'}
`,
    `apiVersion: v1
kind: ConfigMap
metadata:
  name: ${name}
  namespace: team-${i % 20}
data:
  mode: fast
`,
  ];
  if (i % 5 === 0)
    documents.push(
      `apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  name: ${name}
  namespace: team-${i % 20}
spec:
  maxUnavailable: 1
  selector:
    matchLabels:
      app: ${name}
`,
      `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: ${name}
  namespace: team-${i % 20}
spec:
  podSelector:
    matchLabels:
      app: ${name}
  ingress:
    - ports:
        - port: 8080
`,
    );
  return documents;
}

/** `count` manifests, one text each. */
export function manifests(count: number): string[] {
  const texts: string[] = [];
  for (let i = 0; texts.length < count; i++) texts.push(...application(i));
  return texts.slice(0, count);
}

/** A multi-document file of at least `lines` lines. */
export function fileOf(lines: number): string {
  let text = '';
  for (let i = 0; text.split('\n').length <= lines; i++)
    text += application(i)
      .map((each) => `---\n${each}`)
      .join('');
  return text.split('\n').slice(0, lines).join('\n');
}
