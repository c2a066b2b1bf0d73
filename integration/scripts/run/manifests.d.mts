export function installInputs(root: string): string[];
