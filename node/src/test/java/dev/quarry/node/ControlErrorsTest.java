package dev.quarry.node;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.quarry.crypto.KeyServiceException;
import dev.quarry.crypto.KeyServiceException.AccessDeniedException;
import dev.quarry.crypto.KeyServiceException.AlreadyExistsException;
import dev.quarry.crypto.KeyServiceException.DisabledException;
import dev.quarry.crypto.KeyServiceException.InvalidCiphertextException;
import dev.quarry.crypto.KeyServiceException.KMSInternalException;
import dev.quarry.crypto.KeyServiceException.KMSInvalidStateException;
import dev.quarry.crypto.KeyServiceException.LimitExceededException;
import dev.quarry.crypto.KeyServiceException.NotFoundException;
import dev.quarry.crypto.KeyServiceException.ValidationException;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class ControlErrorsTest {

  @Test
  void status_ofTheKeyServicesErrors_saysWhoseTurnItIs() {
    Map<KeyServiceException, Integer> expected =
        Map.of(
            new ValidationException(""), 400,
            new InvalidCiphertextException(), 400,
            new AccessDeniedException(""), 403,
            new NotFoundException(""), 404,
            new AlreadyExistsException(""), 409,
            new DisabledException(""), 409,
            new KMSInvalidStateException(""), 409,
            new LimitExceededException(""), 507,
            new KMSInternalException("", new Exception()), 503);
    expected.forEach(
        (error, status) -> assertEquals(status, ControlErrors.status(error), error.code()));
  }
}
