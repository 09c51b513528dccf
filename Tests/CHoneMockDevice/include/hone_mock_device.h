// A device for tests: memory of its own kind, and every operation done by the processor.
//
// It is to Hone what a graphics card is: tensors have to be brought there, none may be mixed with the processor's, no fused
// kernel of Hone's serves it, and gradients are computed on a thread of its own.
#pragma once

#ifdef __cplusplus
extern "C" {
#endif

/// Makes `privateuseone` a device of this process, where it is none yet.
void hone_mock_device_start(void);
/// Operations that the device has done.
long hone_mock_device_operations(void);
/// Copies that went beside its computations.
long hone_mock_device_copies_beside(void);
/// Memory that was asked for to be read by it.
long hone_mock_device_pinned(void);
/// Recordings that it did again.
long hone_mock_device_replays(void);

#ifdef __cplusplus
}
#endif
