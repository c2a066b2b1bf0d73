# Variables of Pixelfed's `.env` that contain no secret.
{ lib, nixosInputs }:
let
  inherit (nixosInputs)
    admin
    database
    objectStorage
    registrations
    smtp
    title
    ;
  inherit (objectStorage.buckets) media;
in
{
  OPEN_REGISTRATION = registrations;
  INSTANCE_CONTACT_EMAIL = admin.email;
  ENABLE_CONFIG_CACHE = false;
  TRUST_PROXIES = "127.0.0.1";

  DB_CONNECTION = "pgsql";
  DB_HOST = database.host;
  DB_PORT = database.port;
  DB_DATABASE = database.name;
  DB_USERNAME = database.user;

  DANGEROUSLY_SET_FILESYSTEM_DRIVER = "local";
  PF_ENABLE_CLOUD = true;
  PF_LOCAL_AVATAR_TO_CLOUD = true;
  FILESYSTEM_CLOUD = "s3";
  AWS_ACCESS_KEY_ID = objectStorage.accessKeyId;
  AWS_DEFAULT_REGION = objectStorage.region;
  AWS_BUCKET = media.name;
  AWS_ENDPOINT = objectStorage.endpoint;
  AWS_USE_PATH_STYLE_ENDPOINT = true;
  AWS_URL = "https://${media.host}";

  MAIL_DRIVER = "smtp";
  MAIL_HOST = smtp.host;
  MAIL_PORT = smtp.port;
  MAIL_ENCRYPTION = if smtp.security == "none" then "null" else "tls";
  MAIL_FROM_ADDRESS = smtp.from.address;
  MAIL_FROM_NAME = smtp.from.name;
}
// lib.optionalAttrs (smtp.user != null) { MAIL_USERNAME = smtp.user; }
// lib.optionalAttrs (title != null) { APP_NAME = title; }
