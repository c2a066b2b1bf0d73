export { DnsClient, MessageTooLong, type ClientOptions, type UpdateRequest } from "./client.ts";
export { TransportError, type Endpoint } from "./connection.ts";
export { InvalidValue, MalformedMessage } from "./malformed.ts";
export { classes, type Message, type Question, type Rcode, type ResourceRecord } from "./message.ts";
export { canonicalName, isWithin, labelsOf, nameToText, nameToWire, parentOf } from "./name.ts";
export { canonical, fieldNames, fieldsOf, rdataOf, textOf } from "./rdata.ts";
export { typeName, typeNumber, type Mnemonic } from "./record-type.ts";
export { tsigAlgorithms, TsigError, type TsigAlgorithm, type TsigFault, type TsigKey } from "./tsig.ts";
export { change, prerequisite } from "./update.ts";
