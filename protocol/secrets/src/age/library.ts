// The used exports only: `import()` of the library itself would put all of it into the bundle.
export { armor, Decrypter, Encrypter, identityToRecipient } from "age-encryption";
