# One evaluation of a NixOps4 root expression, over the real NixOps4 library.
#
# NixOps4's own evaluator (rust/nixops4-eval) gives the root function outputs that are read from a mutable table, and
# an error that names a missing one. Here the table is an argument and the error a throw, so one evaluation finds every
# resource that is ready.
{
  # The file for `nixops4 apply --file`.
  file,
  system,
  # A JSON file:
  #   known    { "<JSON of a path>" = { <output> = value; }; }   outputs that exist so far
  #   skip     [ "<JSON of a path>" ]                            resources that need not be evaluated
  #   explain  null, or the one path whose error is shown unchanged
  question,
}:
let
  inherit (builtins)
    attrNames
    concatMap
    deepSeq
    filter
    fromJSON
    getContext
    head
    isAttrs
    listToAttrs
    mapAttrs
    readFile
    tail
    toJSON
    tryEval
    unsafeDiscardStringContext
    ;

  inherit (fromJSON (readFile question)) known skip explain;

  skipped = listToAttrs (
    map (name: {
      inherit name;
      value = null;
    }) skip
  );

  # No tryEval catches `abort`, neither the deployment's nor ours, so only the explanation of one member uses it.
  fail =
    reason:
    (if explain == null then builtins.throw else builtins.abort) "nixops4-resources:${toJSON reason}";

  # Like evaluate_root_component in nixops4-eval/src/eval.rs.
  loadMemberOutput =
    path: member: output: _:
    (known.${toJSON (path ++ [ member ])} or { }).${output} or (fail {
      needs = {
        member = path ++ [ member ];
        inherit output;
      };
    });
  makeMemberOutputs =
    path: export:
    mapAttrs (
      name: member:
      if member ? resource then
        mapAttrs (loadMemberOutput path name) member.resource.outputsSkeleton
      else
        makeMemberOutputs (path ++ [ name ]) member
    ) (export.members or { });

  loaded = import file;
  root =
    if isAttrs loaded && loaded._type or null == "nixops4Component" then
      loaded
    else
      throw "${toString file} must evaluate to nixops4.lib.mkRoot { ... }: expected _type to be \"nixops4Component\".";
  fixpoint = root.rootFunction {
    resourceProviderSystem = system;
    outputValues = makeMemberOutputs [ ] fixpoint;
  };

  # Like value_to_json in eval.rs, which builds the derivations in the string's context. Here nothing is built.
  realised =
    input: value:
    let
      json = toJSON value;
      context = getContext json;
      derivations = filter (path: context.${path} ? outputs || context.${path} ? allOutputs) (
        attrNames context
      );
    in
    if derivations == [ ] then
      fromJSON (unsafeDiscardStringContext json)
    else
      fail { derivation = { inherit input derivations; }; };

  request = path: resource: {
    inherit path;
    inherit (resource) type state;
    provider = realised "provider" resource.provider;
    inputs = mapAttrs realised resource.inputs;
    outputs = attrNames resource.outputsSkeleton;
  };

  force = value: tryEval (deepSeq value value);

  blocked = kind: path: { blocked = { inherit path kind; }; };

  walk =
    path: export:
    let
      names =
        if path == [ ] then
          # The names at the root cannot depend on outputs, so an error in them is an error of the whole deployment.
          {
            success = true;
            value = attrNames (export.members or { });
          }
        else
          force (attrNames (export.members or { }));
    in
    if names.success then
      concatMap (name: visit (path ++ [ name ]) export.members.${name}) names.value
    else
      [ (blocked "members" path) ];

  visit =
    path: member:
    let
      isResource = tryEval (member ? resource);
      result = force (request path member.resource);
    in
    if skipped ? ${toJSON path} then
      [ ]
    else if !isResource.success then
      [ (blocked "members" path) ]
    else if !isResource.value then
      walk path member
    else if result.success then
      [ { ready = result.value; } ]
    else
      [ (blocked "resource" path) ];

  explained =
    path: export:
    if path == [ ] then
      if export ? resource then request explain export.resource else attrNames (export.members or { })
    else
      explained (tail path) export.members.${head path};

  found = walk [ ] fixpoint;
in
if explain != null then
  explained explain fixpoint
else
  {
    ready = concatMap (item: if item ? ready then [ item.ready ] else [ ]) found;
    blocked = concatMap (item: if item ? blocked then [ item.blocked ] else [ ]) found;
  }
