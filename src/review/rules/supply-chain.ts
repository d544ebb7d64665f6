// The package and what it depends on (SC-01, SC-11, SC-13).
import type { PackageFact } from '../material.ts';
import { pointer } from '../pointer.ts';
import type { Rule } from './rule.ts';

const at = ({ name, version }: PackageFact): string => pointer('packages', `${name}@${version}`);

export const supplyChainRules: readonly Rule[] = [
  {
    id: 'install-scripts',
    title: 'scripts that npm would run at install',
    severity: 'medium',
    labels: ['SAFE-T1002', 'OWASP MCP04 supply chain'],
    why: 'Cordon never runs them; they show what the package wants to do on machines that do, and that it may lack something here',
    find: function* find({ material }) {
      for (const fact of material.package.packages)
        if (fact.installScripts.length > 0)
          yield { pointer: at(fact), note: [{ theirs: fact.installScripts.join(', ') }] };
    },
  },
  {
    id: 'native-code',
    title: 'native code',
    severity: 'low',
    labels: ['SAFE-T1002'],
    why: 'nobody reads it; the digest holds it and the sandbox limits it',
    find: function* find({ material }) {
      for (const fact of material.package.packages)
        if (fact.native.length > 0)
          yield {
            pointer: at(fact),
            note: [
              `${fact.native.length} ${fact.native.length === 1 ? 'file' : 'files'}: `,
              { theirs: fact.native.slice(0, 8).join(', ') },
              ...(fact.native.length > 8 ? [` and ${fact.native.length - 8} more`] : []),
            ],
          };
    },
  },
  {
    id: 'integrity-weak',
    title: 'a package without sha512',
    severity: 'high',
    labels: ['SAFE-T1002'],
    why: 'what the registry serves for it is not bound to what was reviewed',
    find: function* find({ material }) {
      for (const fact of material.package.packages)
        if (!fact.integrity.startsWith('sha512-'))
          yield { pointer: at(fact), note: [{ theirs: fact.integrity }] };
    },
  },
  {
    id: 'package-new',
    title: 'a dependency that was not there',
    severity: 'low',
    labels: ['SAFE-T1002', 'OWASP MCP04 supply chain'],
    why: 'its author can now run code in the sandbox of this server',
    find: function* find({ material }) {
      const before = material.approved?.package;
      if (before === undefined) return;
      const known = new Set(before.packages.map(({ name }) => name));
      for (const fact of material.package.packages)
        if (!known.has(fact.name))
          yield {
            pointer: at(fact),
            severity: fact.installScripts.length > 0 || fact.native.length > 0 ? 'medium' : 'low',
          };
    },
  },
  {
    id: 'package-republished',
    title: 'the same version with other content',
    severity: 'high',
    labels: ['SAFE-T1002', 'OWASP MCP04 supply chain'],
    why: 'registries do not allow it; somebody served another file under the same name and version',
    find: function* find({ material }) {
      const before = new Map(material.approved?.package?.packages.map((fact) => [at(fact), fact.integrity]));
      for (const fact of material.package.packages) {
        const known = before.get(at(fact));
        if (known !== undefined && known !== fact.integrity)
          yield { pointer: at(fact), note: ['was ', { theirs: known }, ', is ', { theirs: fact.integrity }] };
      }
    },
  },
  {
    id: 'license-missing',
    title: 'no licence',
    severity: 'info',
    labels: [],
    why: 'package.json names none; ask before using it at work',
    find: function* find({ material }) {
      for (const fact of material.package.packages) if (fact.license === null) yield { pointer: at(fact) };
    },
  },
];
