{
  'target_defaults': {
    'cflags': ['-Wall', '-Wextra', '-Werror', '-fvisibility=hidden', '-fstack-protector-strong', '-U_FORTIFY_SOURCE', '-D_FORTIFY_SOURCE=2'],
    'ldflags': ['-Wl,-z,relro', '-Wl,-z,now', '-Wl,-z,noexecstack'],
  },
  'targets': [
    {
      # The library an application loads: C11 on libc alone, nothing exported but the C_* functions.
      'target_name': 'pkcs11',
      'type': 'shared_library',
      'product_prefix': 'lib',
      'product_name': 'strongroom',
      'product_extension': 'so',
      'product_dir': '<(PRODUCT_DIR)',
      'sources': ['<!@(ls native/pkcs11/*.c)'],
      'include_dirs!': ['<(node_root_dir)/include/node', '<(node_root_dir)/src'],
      'include_dirs': ['native/pkcs11', 'native/shared'],
      'cflags_c': ['-std=c11', '-D_GNU_SOURCE', '-Wshadow', '-Wstrict-prototypes', '-Wmissing-prototypes'],
      'ldflags': [
        '-Wl,-Bsymbolic',
        '-Wl,-z,defs',
        '-Wl,-soname,libstrongroom.so',
        '-Wl,--version-script=<(module_root_dir)/native/pkcs11/pkcs11.map',
      ],
    },
    {
      # The engine's Node addon.
      'target_name': 'channel',
      'sources': ['<!@(ls native/addon/*.cc)'],
      'include_dirs': ['native/addon', 'native/shared', '<!(node -p "require(\'node-addon-api\').include_dir")'],
      'defines': [
        'NAPI_VERSION=9',
        'NAPI_DISABLE_CPP_EXCEPTIONS',
        'NODE_ADDON_API_DISABLE_DEPRECATED',
        # A worker that is being ended cannot take an exception; without this the process would be aborted instead.
        'NODE_API_SWALLOW_UNTHROWABLE_EXCEPTIONS',
      ],
      'cflags_cc': ['-std=c++17', '-fno-exceptions', '-Wno-unused-parameter'],
    },
    {
      # The program of 2008: signs with any PKCS#11 module, in many threads.
      'target_name': 'hsm-speed',
      'type': 'executable',
      'sources': ['<!@(ls native/kit/hsm-speed/*.c native/kit/application/*.c)'],
      'include_dirs': ['native/kit/application', 'native/shared'],
      'cflags_c': ['-std=c11', '-D_GNU_SOURCE', '-Wshadow', '-Wstrict-prototypes', '-Wmissing-prototypes'],
      'libraries': ['-ldl', '-lpthread'],
    },
    {
      # The conformance kit for locking, threads and fork: examines any PKCS#11 module.
      'target_name': 'lockcheck',
      'type': 'executable',
      'sources': ['<!@(ls native/kit/lockcheck/*.c)', 'native/kit/interposer/attach.c'],
      'include_dirs': ['native/kit/lockcheck', 'native/kit/interposer', 'native/shared'],
      'cflags_c': ['-std=c11', '-D_GNU_SOURCE', '-Wshadow', '-Wstrict-prototypes', '-Wmissing-prototypes'],
      'libraries': ['-ldl', '-lpthread', '-lm'],
    },
    {
      # Preloaded into some of lockcheck's cases, and into the speed meter where locks are counted: counts which DSO calls which function of the C library.
      'target_name': 'interposer',
      'type': 'shared_library',
      'product_prefix': '',
      'product_name': 'lockcheck-interposer',
      'product_extension': 'so',
      'product_dir': '<(PRODUCT_DIR)',
      'sources': ['native/kit/interposer/interposer.c'],
      'include_dirs!': ['<(node_root_dir)/include/node', '<(node_root_dir)/src'],
      'include_dirs': ['native/kit/interposer'],
      'cflags_c': ['-std=c11', '-D_GNU_SOURCE', '-Wshadow', '-Wstrict-prototypes', '-Wmissing-prototypes'],
      'libraries': ['-ldl'],
    },
    {
      # What `strongroom speed` runs: one operation of any PKCS#11 module.
      'target_name': 'speed',
      'type': 'executable',
      'sources': ['<!@(ls native/kit/speed/*.c native/kit/application/*.c)', 'native/kit/interposer/attach.c'],
      'include_dirs': ['native/kit/application', 'native/kit/interposer', 'native/shared'],
      'cflags_c': ['-std=c11', '-D_GNU_SOURCE', '-Wshadow', '-Wstrict-prototypes', '-Wmissing-prototypes'],
      'libraries': ['-ldl', '-lpthread'],
    },
  ],
}
