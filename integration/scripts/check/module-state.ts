import {
  isArrayLiteralExpression,
  isAssignmentOperatorToken,
  isBinaryExpression,
  isCallExpression,
  isClassDeclaration,
  isDeleteExpression,
  isElementAccessExpression,
  isExportAssignment,
  isFunctionLikeDeclaration,
  isIdentifier,
  isNewExpression,
  isObjectLiteralExpression,
  isPostfixUnaryExpression,
  isPrefixUnaryExpression,
  isPropertyAccessExpression,
  isPropertyDeclaration,
  isVariableStatement,
} from "typescript/unstable/ast/is";
import { ModifierFlags, NodeFlags, SyntaxKind, type Node, type SourceFile } from "typescript/unstable/ast";

/** State of a module, by its name there, and the reason why it counts as state. */
export interface ModuleState {
  readonly name: string;
  readonly why: string;
}

/** Classes of values that never change. */
const immutableClasses = new Set(["Date", "RegExp", "TextDecoder", "TextEncoder", "URL"]);
/** Built-in collections. One with content that nothing changes is a table. */
const collections = new Set(["Array", "Map", "Set", "WeakMap", "WeakSet"]);
const changingMethods = new Set(
  "add clear copyWithin delete fill pop push reverse set shift sort splice unshift".split(" "),
);

/**
 * The variables of a module that can change while the process runs. A process may serve several requests side by side, so
 * such a variable leaks from one request into another.
 */
export function moduleState(file: SourceFile): ModuleState[] {
  const changed = changedNames(file);
  return file.statements.flatMap((statement) => {
    if (isVariableStatement(statement)) {
      const { declarations, flags } = statement.declarationList;
      return declarations.flatMap(({ name, initializer }) => {
        const text = name.getText(file);
        if ((flags & (NodeFlags.Const | NodeFlags.Using)) === 0) return [{ name: text, why: "is no const" }];
        return asState(text, initializer, changed);
      });
    }
    if (isExportAssignment(statement)) return asState("default", statement.expression, changed);
    if (!isClassDeclaration(statement)) return [];
    return statement.members.filter(isPropertyDeclaration).flatMap((property) => {
      if ((property.modifierFlags & ModifierFlags.Static) === 0) return [];
      const name = `${statement.name?.text ?? "class"}.${property.name.getText(file)}`;
      if ((property.modifierFlags & ModifierFlags.Readonly) === 0) return [{ name, why: "is not readonly" }];
      return asState(name, property.initializer, changed);
    });
  });
}

function asState(name: string, initializer: Node | undefined, changed: ReadonlySet<string>): ModuleState[] {
  if (initializer === undefined) return [];
  const held = heldObjects(initializer).find((object) => isStateful(object));
  if (held !== undefined) return [{ name, why: `holds ${held.getText().replace(/\s+/g, " ").slice(0, 60)}` }];
  return changed.has(name) && heldObjects(initializer).length > 0 ? [{ name, why: "is changed" }] : [];
}

/** The objects that a value is made of, without those that its functions make when they are called. */
function heldObjects(value: Node): Node[] {
  if (isFunctionLikeDeclaration(value)) return [];
  const isObject = isNewExpression(value) || isArrayLiteralExpression(value) || isObjectLiteralExpression(value);
  return [...(isObject ? [value] : []), ...childrenOf(value).flatMap(heldObjects)];
}

/** Objects that exist to be changed: instances of classes, and collections that begin empty. */
function isStateful(object: Node): boolean {
  if (!isNewExpression(object)) return false;
  const name = isIdentifier(object.expression) ? object.expression.text : "";
  if (collections.has(name)) return object.arguments === undefined || object.arguments.length === 0;
  return !immutableClasses.has(name);
}

/** Names of variables that any code in the file changes from within: by a method, an assignment or a deletion. */
function changedNames(node: Node, found = new Set<string>()): Set<string> {
  const target = changedObject(node);
  if (target !== undefined) found.add(target);
  for (const child of childrenOf(node)) changedNames(child, found);
  return found;
}

function changedObject(node: Node): string | undefined {
  if (isCallExpression(node)) {
    const { expression: callee, arguments: given } = node;
    if (!isPropertyAccessExpression(callee)) return undefined;
    if (changingMethods.has(callee.name.text)) return rootOf(callee.expression);
    return /^Object\.(assign|defineProperty)$|^Reflect\.set$/.test(callee.getText()) ? rootOf(given[0]) : undefined;
  }
  if (isBinaryExpression(node)) return isAssignmentOperatorToken(node.operatorToken) ? insideOf(node.left) : undefined;
  if (isDeleteExpression(node)) return insideOf(node.expression);
  const isStep =
    isPostfixUnaryExpression(node) ||
    (isPrefixUnaryExpression(node) &&
      (node.operator === SyntaxKind.PlusPlusToken || node.operator === SyntaxKind.MinusMinusToken));
  return isStep ? insideOf(node.operand) : undefined;
}

/** The variable that `a.b` or `a[b]` is a part of. */
const insideOf = (node: Node): string | undefined =>
  isPropertyAccessExpression(node) || isElementAccessExpression(node) ? rootOf(node) : undefined;

function rootOf(node: Node | undefined): string | undefined {
  if (node === undefined) return undefined;
  if (isIdentifier(node)) return node.text;
  return isPropertyAccessExpression(node) || isElementAccessExpression(node) ? rootOf(node.expression) : undefined;
}

function childrenOf(node: Node): Node[] {
  const children: Node[] = [];
  node.forEachChild((child) => void children.push(child));
  return children;
}
