/** Proxmox separates tags by semicolons, and takes commas and blanks, too. */
export const splitTags = (text: string | undefined): string[] =>
  (text ?? "").split(/[;, ]+/).filter((tag) => tag !== "");
