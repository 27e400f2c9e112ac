import { describe, expect, test } from 'vitest';
import { parseTag, stageTag, versionTag } from '../../../src/domain/registry/tag.ts';
import { liveVersion, nextStageCounter, releasedVersions } from '../../../src/domain/registry/tagged-versions.ts';
import { nextVersion } from '../../../src/domain/registry/version.ts';

// Valid and invalid names as in the documentation of GTO (https://mlem.ai/doc/gto/user-guide/concepts, "Git tags format").
test.each([
  ['m@v1.2.0', { kind: 'version', model: 'm', version: '1.2.0', revoked: false }],
  ['m@v1.2.0!', { kind: 'version', model: 'm', version: '1.2.0', revoked: true }],
  ['m@v1.2.0#2', { kind: 'version', model: 'm', version: '1.2.0', revoked: false, counter: 2 }],
  ['m#prod', { kind: 'stage', model: 'm', stage: 'prod', revoked: false }],
  ['m#prod#3', { kind: 'stage', model: 'm', stage: 'prod', revoked: false, counter: 3 }],
  ['m#prod!#4', { kind: 'stage', model: 'm', stage: 'prod', revoked: true, counter: 4 }],
  ['m@deprecated#1', { kind: 'deprecated', model: 'm', counter: 1 }],
  ['m@created', { kind: 'created', model: 'm' }],
  ['v1.2.0', undefined],
  ['m@1.2.0', undefined],
  ['m@v1.2', undefined],
  ['m@v01.2.0', undefined],
  ['m#prod#x', undefined],
  ['m#prod#0', undefined],
  ['M@v1.2.0', undefined],
  ['a/b@v1.2.0', undefined],
  ['m@v1.2.0\n', undefined],
])('%s', (name, tag) => expect(parseTag(name)).toEqual(tag));

test('what is written is read again', () => {
  expect(parseTag(versionTag('flight-delay', '1.2.0'))).toMatchObject({ model: 'flight-delay', version: '1.2.0' });
  expect(parseTag(stageTag('flight-delay', 'production', 3))).toMatchObject({ stage: 'production', counter: 3 });
});

const parts = { code: false, params: false, signature: false };

test.each([
  [[], { ...parts, signature: true }, '1.0.0'],
  [['1.0.0'], parts, '1.0.1'],
  [['1.0.0'], { ...parts, params: true }, '1.1.0'],
  [['1.0.0'], { ...parts, code: true }, '1.1.0'],
  [['1.4.2'], { code: true, params: true, signature: true }, '2.0.0'],
  [['1.9.0', '1.10.0', '1.2.0'], parts, '1.10.1'],
  [['nonsense'], parts, '1.0.0'],
])('after %j comes the next by what changed', (existing, changed, next) => {
  expect(nextVersion(existing, changed)).toBe(next);
});

describe('a stage', () => {
  const tags = [
    { name: 'm@v1.0.0', commit: 'c1' },
    { name: 'm@v1.1.0', commit: 'c2' },
    { name: 'm#prod#1', commit: 'c1' },
    { name: 'm#prod#2', commit: 'c2' },
    { name: 'm#staging#9', commit: 'c1' },
    { name: 'other#prod#7', commit: 'c1' },
    { name: 'unrelated', commit: 'c1' },
  ];

  test('is on the version of its newest tag, by counter and not by name', () => {
    expect(liveVersion(tags, 'm', 'prod')).toEqual({ version: '1.1.0', commit: 'c2', counter: 2 });
    const later = [...tags, { name: 'm#prod#10', commit: 'c1' }];
    expect(liveVersion(later, 'm', 'prod')).toEqual({ version: '1.0.0', commit: 'c1', counter: 10 });
    expect(nextStageCounter(later, 'm', 'prod')).toBe(11);
  });

  test('that was never entered, was left, or points to no version has none', () => {
    expect(liveVersion(tags, 'm', 'qa')).toBeUndefined();
    expect(liveVersion([...tags, { name: 'm#prod!#3', commit: 'c2' }], 'm', 'prod')).toBeUndefined();
    expect(liveVersion([...tags, { name: 'm#prod#3', commit: 'c9' }], 'm', 'prod')).toBeUndefined();
    expect(nextStageCounter(tags, 'm', 'qa')).toBe(1);
  });

  test('knows nothing of a withdrawn version', () => {
    const withdrawn = [...tags, { name: 'm@v1.1.0!', commit: 'c2' }];
    expect(releasedVersions(withdrawn, 'm')).toEqual([{ version: '1.0.0', commit: 'c1' }]);
    expect(liveVersion(withdrawn, 'm', 'prod')).toBeUndefined();
  });
});
