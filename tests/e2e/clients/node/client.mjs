// What a program of the official JavaScript client does; node_client_test.py runs it.
//
// One behaviour after the other; a line of "crash" or "forget REVISION" on stdout asks the
// test to do that to the server, and is answered by a line on stdin when it is back.
import assert from 'node:assert/strict';
import {createInterface} from 'node:readline';
import * as k8s from '@kubernetes/client-node';

const config = new k8s.KubeConfig();
config.loadFromFile(process.env.KUBECONFIG);
const core = config.makeApiClient(k8s.CoreV1Api);
const custom = config.makeApiClient(k8s.CustomObjectsApi);
const objects = k8s.KubernetesObjectApi.makeApiClient(config);
const namespace = 'default';
const replies = createInterface({input: process.stdin})[Symbol.asyncIterator]();

async function ask(what) {
  console.log(what);
  await replies.next();
}

function configMap(name, data = {}, labels = {}) {
  return {apiVersion: 'v1', kind: 'ConfigMap', metadata: {name, namespace, labels}, data};
}

function tenant(name, spec = {}) {
  return {apiVersion: 'berth.dev/v1alpha1', kind: 'ClientDeployment', metadata: {name, namespace},
          spec: {image: 'app:1', ...spec}};
}

const make = (...of) => core.createNamespacedConfigMap({namespace, body: configMap(...of)});

function patch(name, body, strategy = k8s.PatchStrategy.MergePatch) {
  return core.patchNamespacedConfigMap({name, namespace, body}, k8s.setHeaderOptions('Content-Type', strategy));
}

async function refused(code, reason, promise) {
  await assert.rejects(promise, (error) => {
    assert.equal(error.code, code);
    const body = typeof error.body === 'string' ? JSON.parse(error.body) : error.body;
    assert.equal(body.reason, reason);
    return true;
  });
}

/// What was pushed, in order; take() waits for the next.
class Inbox {
  #items = [];
  #wake = () => {};
  push(item) { this.#items.push(item); this.#wake(); }
  async take() {
    while (this.#items.length === 0) {
      await new Promise((resolve, reject) => {
        this.#wake = resolve;
        setTimeout(() => reject(new Error('nothing came in a minute')), 60000).unref();
      });
    }
    return this.#items.shift();
  }
}

/// An informer as its documentation has it: started again, after a pause, whenever it fails.
function inform(label) {
  const list = () => core.listNamespacedConfigMap({namespace, labelSelector: label});
  const informer = k8s.makeInformer(config, `/api/v1/namespaces/${namespace}/configmaps`, list, label);
  const inbox = new Inbox();
  let ended = false;
  for (const verb of ['add', 'update', 'delete'])
    informer.on(verb, (object) => inbox.push(`${verb} ${object.metadata.name} ${object.data?.v}`));
  const start = () => informer.start().catch(() => again());
  const again = () => { if (!ended) setTimeout(start, 50); };
  informer.on('error', again);
  start();
  return {inbox, informer, stop: () => { ended = true; return informer.stop(); }};
}

const behaviours = {
  async 'typed objects'() {
    const made = await make('typed', {a: '1'});
    assert.ok(made.metadata.creationTimestamp instanceof Date);
    made.data.a = '2';
    const replaced = await core.replaceNamespacedConfigMap({name: 'typed', namespace, body: made});
    assert.notEqual(replaced.metadata.resourceVersion, made.metadata.resourceVersion);
    await refused(409, 'Conflict', core.replaceNamespacedConfigMap({name: 'typed', namespace, body: made}));
    const done = await core.deleteNamespacedConfigMap({name: 'typed', namespace});
    assert.equal(done.status, 'Success');
    await refused(404, 'NotFound', core.readNamespacedConfigMap({name: 'typed', namespace}));
  },

  async 'errors'() {
    await refused(422, 'Invalid', make('Not_A_Name'));
    await make('twice');
    await refused(409, 'AlreadyExists', make('twice'));
    await refused(404, 'NotFound', core.createNamespacedConfigMap({namespace: 'nowhere', body: {metadata: {name: 'x'}}}));
  },

  async 'pages and selectors'() {
    for (let i = 0; i < 7; ++i) await make(`page-${i}`, {}, {page: 'yes', odd: String(i % 2)});
    const names = [];
    for (let _continue; ;) {
      const page = await core.listNamespacedConfigMap({namespace, labelSelector: 'page=yes', limit: 3, _continue});
      names.push(...page.items.map((item) => item.metadata.name));
      if (!(_continue = page.metadata._continue)) break;
    }
    assert.deepEqual(names, [0, 1, 2, 3, 4, 5, 6].map((i) => `page-${i}`));
    await core.deleteCollectionNamespacedConfigMap({namespace, labelSelector: 'page=yes'});
    assert.equal((await core.listNamespacedConfigMap({namespace, labelSelector: 'page'})).items.length, 0);
  },

  async 'patches of every kind'() {
    await make('patched', {a: '1', b: '2'});
    assert.deepEqual((await patch('patched', {data: {b: null, c: '3'}})).data, {a: '1', c: '3'});
    assert.deepEqual((await patch('patched', [{op: 'replace', path: '/data/a', value: '9'}],
                                  k8s.PatchStrategy.JsonPatch)).data, {a: '9', c: '3'});
    assert.deepEqual((await patch('patched', {data: {$patch: 'replace', d: '4'}},
                                  k8s.PatchStrategy.StrategicMergePatch)).data, {d: '4'});
  },

  async 'custom objects'() {
    const where = {group: 'berth.dev', version: 'v1alpha1', namespace, plural: 'clientdeployments'};
    const made = await custom.createNamespacedCustomObject({...where, body: tenant('custom')});
    assert.equal(made.spec.state, 'Running');
    assert.equal((await custom.listNamespacedCustomObject(where)).items.length, 1);
    await custom.deleteNamespacedCustomObject({...where, name: 'custom'});
  },

  async 'objects of any kind'() {
    await objects.create(tenant('any', {displayName: 'One'}));
    const changed = await objects.patch(tenant('any', {displayName: 'Two'}), undefined, undefined, undefined, undefined,
                                        k8s.PatchStrategy.MergePatch);
    assert.equal(changed.spec.displayName, 'Two');
    assert.equal((await objects.list('berth.dev/v1alpha1', 'ClientDeployment', namespace)).items.length, 1);
    await objects.delete(tenant('any'));
    await refused(404, 'NotFound', objects.read(tenant('any')));
  },

  async 'apply and its conflicts'() {
    const apply = (manager, data, force) => objects.patch(
      {...configMap('applied', data)}, undefined, undefined, manager, force, k8s.PatchStrategy.ServerSideApply);
    assert.deepEqual((await apply('first', {a: '1'})).data, {a: '1'});
    await refused(409, 'Conflict', apply('second', {a: '2'}));
    assert.deepEqual((await apply('second', {a: '2', b: '3'}, true)).data, {a: '2', b: '3'});
    assert.deepEqual((await apply('second', {a: '2'}, true)).data, {a: '2'});
  },

  async 'what may I'() {
    const access = config.makeApiClient(k8s.AuthorizationV1Api);
    const review = await access.createSelfSubjectAccessReview({body: {spec: {resourceAttributes: {
      verb: 'create', group: 'berth.dev', resource: 'clientdeployments', namespace}}}});
    assert.equal(review.status.allowed, true);
  },

  async 'a watch by hand'() {
    const {metadata} = await core.listNamespacedConfigMap({namespace});
    const inbox = new Inbox();
    const request = await new k8s.Watch(config).watch(
      `/api/v1/namespaces/${namespace}/configmaps`, {resourceVersion: metadata.resourceVersion, labelSelector: 'hand'},
      (type, object) => inbox.push(`${type} ${object.metadata.name}`), () => inbox.push('end'));
    await make('h1', {}, {hand: '1'});
    await patch('h1', {metadata: {labels: {hand: null}}});
    assert.deepEqual([await inbox.take(), await inbox.take()], ['ADDED h1', 'DELETED h1']);
    request.abort();
    assert.equal(await inbox.take(), 'end');
  },

  async 'an informer outlives the server'() {
    await make('i1', {v: '1'}, {informer: 'crash'});
    const {inbox, informer, stop} = inform('informer=crash');
    assert.equal(await inbox.take(), 'add i1 1');
    await make('i2', {v: '1'}, {informer: 'crash'});
    assert.equal(await inbox.take(), 'add i2 1');
    await ask('crash');
    await patch('i1', {data: {v: '2'}});
    assert.equal(await inbox.take(), 'update i1 2');
    await core.deleteNamespacedConfigMap({name: 'i2', namespace});
    assert.equal(await inbox.take(), 'delete i2 1');
    assert.deepEqual(informer.list(namespace).map((item) => item.metadata.name), ['i1']);
    await stop();
  },

  async 'an informer lists again when the past is gone'() {
    await make('f1', {v: '1'}, {informer: 'past'});
    const made = await make('f2', {v: '1'}, {informer: 'past'});
    const {inbox, informer, stop} = inform('informer=past');
    assert.deepEqual([await inbox.take(), await inbox.take()], ['add f1 1', 'add f2 1']);
    await ask(`forget ${made.metadata.resourceVersion}`);
    await core.deleteNamespacedConfigMap({name: 'f2', namespace});
    assert.equal(await inbox.take(), 'delete f2 1');
    assert.deepEqual(informer.list(namespace).map((item) => item.metadata.name), ['f1']);
    await stop();
  },
};

let failed = 0;
for (const [name, run] of Object.entries(behaviours)) {
  try {
    await run();
    console.error(`${name} ... ok`);
  } catch (error) {
    ++failed;
    console.error(`${name} ... FAILED\n`, error);
  }
}
console.log(`done ${Object.keys(behaviours).length - failed}`);
process.exit(failed ? 1 : 0);
