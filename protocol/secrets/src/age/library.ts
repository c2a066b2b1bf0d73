// What is used of it, so that a bundle leaves out the rest: `import()` of the library itself would bring all of it.
export { armor, Decrypter, Encrypter, identityToRecipient } from "age-encryption";
