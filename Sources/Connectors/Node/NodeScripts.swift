/// What is evaluated inside a Node process. Every expression catches what it throws, gives text back, and leaves nothing behind that could
/// throw later: a callback that throws would end the process.
enum NodeScripts {
  /// Modules without `require`, where Node has that (20.16, 22.3); otherwise by the inspector's own.
  private static let module = "const m=n=>process.getBuiltinModule?process.getBuiltinModule(n):require(n);"

  /// Who it is, where it stands, its memory.
  static let look = """
    (()=>{try{const l=Error.stackTraceLimit;Error.stackTraceLimit=60;const s=new Error().stack;Error.stackTraceLimit=l;\(module)\
    const o={stack:s,pid:process.pid,version:process.version,uptime:process.uptime(),memory:process.memoryUsage()};\
    try{const h=m('v8').getHeapStatistics();o.heap={used:h.used_heap_size,limit:h.heap_size_limit}}catch(e){}\
    try{o.elu=performance.eventLoopUtilization()}catch(e){}\
    try{const c={};for(const r of process.getActiveResourcesInfo())c[r]=(c[r]||0)+1;o.active=c}catch(e){}\
    return JSON.stringify(o)}catch(e){return JSON.stringify({error:String(e)})}})()
    """

  static let utilisation = "(()=>{try{return JSON.stringify(performance.eventLoopUtilization())}catch(e){return '{}'}})()"

  /// A histogram of the loop's delay, under a name of its own, so that it can be taken away again.
  static let beginDelay = """
    (()=>{try{\(module)const h=m('perf_hooks').monitorEventLoopDelay({resolution:10});h.enable();\
    globalThis[Symbol.for('opsconsole.delay')]=h;return '1'}catch(e){return '0'}})()
    """

  static let endDelay = """
    (()=>{try{const k=Symbol.for('opsconsole.delay');const h=globalThis[k];delete globalThis[k];if(!h)return '{}';h.disable();\
    return JSON.stringify({p50:h.percentile(50)/1e9,p99:h.percentile(99)/1e9,max:h.max/1e9,count:h.count})}catch(e){return '{}'}})()
    """

  /// Blocks until every client has left, this one among them, whatever else runs.
  static let close = "(()=>{try{\(module)m('inspector').close();return '1'}catch(e){return '0'}})()"
}
