export { typeName, typeNumber, type Mnemonic } from "./record-type.ts";
