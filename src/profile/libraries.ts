// Libraries that only some profiles need, loaded when the first of those is read: the public suffix list alone takes as
// long to load as the rest of a launch. `require`, because a profile is read in one go and import() cannot be waited for
// there; the bundler resolves both.

export function addressLibrary(): typeof import('ipaddr.js') {
  return require('ipaddr.js') as typeof import('ipaddr.js');
}

export function publicSuffixLibrary(): typeof import('tldts') {
  return require('tldts') as typeof import('tldts');
}
