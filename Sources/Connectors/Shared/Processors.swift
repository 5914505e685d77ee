import Glibc

/// How many processors this host has.
enum Processors {
  static var count: Int? {
    let found = sysconf(Int32(_SC_NPROCESSORS_ONLN))
    return found > 0 ? found : nil
  }
}
