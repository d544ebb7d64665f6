export function bunPath(): string;
export function bunPackage(platform: string): string;
