export { DnsClient, MessageTooLong, TransferTooLarge, type ClientOptions, type UpdateRequest } from "./client.ts";
export { TransportError, type Endpoint } from "./connection.ts";
export { InvalidValue, MalformedMessage } from "./wire/errors.ts";
export { classes, type Message, type Question, type Rcode, type ResourceRecord } from "./message.ts";
export { canonicalName, isWithin, labelsOf, nameToText, nameToWire, parentOf } from "./wire/name.ts";
export { canonical, fieldsOf, rdataOf, rdataToText } from "./rdata/rdata.ts";
export { typeName, typeNumber } from "./wire/record-type.ts";
export { TsigError, type TsigFault, type TsigKey } from "./tsig/tsig.ts";
export { change, prerequisite } from "./update.ts";
