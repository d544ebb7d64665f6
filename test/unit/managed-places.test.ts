import { expect, it } from 'vitest';
import { MANAGED, managedPlaces } from '../../src/managed-places.ts';

it('has one table for each system', () => {
  expect(managedPlaces('linux')).toEqual({
    program: '/opt/cordon',
    policy: '/etc/cordon',
    config: '/etc/cordon/config.json',
    profiles: '/etc/cordon/profiles',
    data: '/var/lib/cordon',
    store: '/var/lib/cordon/store',
  });
  expect(managedPlaces('darwin')).toEqual({
    program: '/opt/cordon',
    policy: '/Library/Application Support/Cordon',
    config: '/Library/Application Support/Cordon/config.json',
    profiles: '/Library/Application Support/Cordon/profiles',
    data: '/Library/Application Support/Cordon/store',
    store: '/Library/Application Support/Cordon/store',
  });
  expect(MANAGED).toEqual(managedPlaces(process.platform));
});

it('what is removed with the program is never policy', () => {
  for (const platform of ['linux', 'darwin'] as const) {
    const { data, policy, profiles, config } = managedPlaces(platform);
    for (const kept of [policy, profiles, config]) expect(`${kept}/`.startsWith(`${data}/`)).toBe(false);
  }
});
