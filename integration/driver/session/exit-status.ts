export const exitStatus = { done: 0, failed: 1, differences: 2, usage: 3, interrupted: 130 } as const;
export type ExitStatus = (typeof exitStatus)[keyof typeof exitStatus];
