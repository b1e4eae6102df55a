mod desk;
mod scenario;
