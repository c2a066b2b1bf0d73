# Environment of Mastodon's processes that nixpkgs has no options for. Values reach the Nix store: none is a secret.
{
  lib,
  nixosInputs,
  databaseAuthority,
}:
let
  inherit (nixosInputs) ldap objectStorage smtp;
  inherit (objectStorage.buckets) media;

  storage = {
    S3_ENABLED = "true";
    S3_BUCKET = media.name;
    S3_REGION = objectStorage.region;
    S3_ENDPOINT = objectStorage.endpoint;
    S3_PROTOCOL = "https";
    S3_HOSTNAME = media.host;
    # Mastodon allows this host for images and media in its content security policy, so it has no path.
    S3_ALIAS_HOST = media.host;
    # Garage has no ACLs and rejects requests that set one.
    S3_PERMISSION = "";
    AWS_ACCESS_KEY_ID = objectStorage.accessKeyId;
  };

  # The server of the database is verified: by DB_SSLMODE in Mastodon, by PG* in libpq, which psql and Rails use, and by
  # NODE_EXTRA_CA_CERTS in the streaming server.
  database = {
    DB_SSLMODE = "verify-full";
    PGSSLMODE = "verify-full";
    PGSSLROOTCERT = databaseAuthority;
    NODE_EXTRA_CA_CERTS = databaseAuthority;
  };

  mail = {
    SMTP_TLS = lib.boolToString (smtp.security == "tls");
    SMTP_ENABLE_STARTTLS = if smtp.security == "starttls" then "always" else "never";
    SMTP_OPENSSL_VERIFY_MODE = "peer";
    SMTP_AUTH_METHOD = if smtp.user == null then "none" else "plain";
  }
  // lib.optionalAttrs (smtp.user != null) { SMTP_LOGIN = smtp.user; };

  directory = {
    LDAP_ENABLED = "true";
    LDAP_HOST = ldap.host;
    LDAP_PORT = toString ldap.port;
    LDAP_METHOD =
      {
        tls = "simple_tls";
        starttls = "start_tls";
        none = "plain";
      }
      .${ldap.security};
    LDAP_BASE = ldap.baseDn;
    LDAP_BIND_DN = ldap.bindDn;
    LDAP_UID = "uid";
    LDAP_MAIL = "mail";
    # Ids in the directory can have characters that user names of Mastodon cannot.
    LDAP_UID_CONVERSION_ENABLED = "true";
  };
in
storage // database // mail // lib.optionalAttrs (ldap != null) directory
